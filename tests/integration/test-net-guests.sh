#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two Linux guests, q35 and i440fx, on a bridge, on Open vSwitch and on macvtap at once:
# pings and TCP between them and with the host, VLANs that do not leak, a trunk with
# tags, a cable that is pulled. Ping alone would be a false proof: with headers for
# offloading on a datapath in user space pings pass and TCP does not.
# Requirements: R21, R10, R16.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64 curl
need_guest
need_namespaces
need_ovs

plan 35
host_new one
ovs_start one || skip_all "Open vSwitch does not start here"
on one ip link add mv type veth peer name mv-p
on one ip link set mv up
on one ip link set mv-p up
on one ip address add 10.53.0.254/24 dev mv-p

cat >two.yaml <<END
lab: two
switches:
  br: { type: bridge, address: 10.51.0.254/24 }
  ov: { type: ovs, datapath: netdev, address: 10.52.0.254/24, vlan: 252 }
  mv: { type: macvtap, uplink: mv }
  vl: { type: ovs, datapath: netdev, address: 10.54.0.254/24, vlan: 252 }
templates:
  guest:
    memory: 192M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    ready: { serial: "@READY", timeout: 5m }
machines:
  a:
    template: guest
    machine: q35
    append: console=ttyS0 quiet no_timer_check g.name=a g.ip0=10.51.0.1/24 g.ip1=10.52.0.1/24 g.ip2=10.53.0.1/24 g.ip3=10.54.0.1/24 g.http=10.51.0.2,10.52.0.2,10.53.0.2
    nics:
      br: { switch: br, model: e1000 }
      ov: { switch: ov, model: virtio-net-pci, vlan: 252 }
      mv: { switch: mv, model: e1000e }
      vl: { switch: vl, model: e1000, vlan: 252 }
  b:
    template: guest
    machine: i440fx
    append: console=ttyS0 quiet no_timer_check g.name=b g.ip0=10.51.0.2/24 g.ip1=10.52.0.2/24 g.ip2=10.53.0.2/24 g.ip3=10.54.0.2/24 g.http=10.51.0.1,10.52.0.1,10.53.0.1
    nics:
      br: { switch: br, model: vmxnet3 }
      ov: { switch: ov, model: vmxnet3, vlan: 252 }
      mv: { switch: mv, model: virtio-net-pci }
      vl: { switch: vl, model: e1000, vlan: 253 }
  t: { memory: 32M, nics: { vl: { switch: vl, trunk: [252, 260] } } }
END

LAB_SECONDS=300
exits "it comes up" 0 up -f two.yaml
log() {
    echo "$ROOST_STATE_DIR/two/logs/$1.serial0.log"
}

# answers NAME ADDRESS WHO: a page comes from there by TCP.
answers() {
    wait_for 60 curl_says "$@"
}
curl_says() {
    [ "$(on "$1" curl -s --max-time 5 "http://$2/")" = "$3" ]
}

for net in "bridge 51" "ovs 52" "macvtap 53"; do
    name=${net% *} number=${net#* }
    ok "$name: the host pings a" pings one "10.$number.0.1"
    ok "$name: the host pings b" pings one "10.$number.0.2"
    ok "$name: TCP from the host to a" answers one "10.$number.0.1" a
    ok "$name: TCP from the host to b" answers one "10.$number.0.2" b
    ok "$name: TCP from a to b" wait_for_line "$(log a)" "^@HTTP dst=10.$number.0.2 ok b" 90
    ok "$name: TCP from b to a" wait_for_line "$(log b)" "^@HTTP dst=10.$number.0.1 ok a" 90
done

# VLANs
if command -v tcpdump >/dev/null; then
    trunk=$(tap_of t vl)
    on one tcpdump -c 1 -U -e -n -l -i "$trunk" 'vlan 252 and arp' >tagged 2>tcpdump.err &
    started $!
    wait_for_line tcpdump.err 'listening on' 30 >/dev/null
fi
ok "VLAN 252: the host pings a" pings one 10.54.0.1
if command -v tcpdump >/dev/null; then
    on one ping -c 1 -W 1 10.54.0.77 >/dev/null # asks everybody
    ok "a trunk has the frames with their tags" wait_for_line tagged 'vlan 252' 30
else
    skip "a trunk has the frames with their tags" "tcpdump is not installed"
fi
if on one ping -c 3 -i 0.3 -W 1 10.54.0.2 >leak; then
    fail "VLAN 253: the host does not reach b" "$(<leak)"
else
    pass "VLAN 253: the host does not reach b"
fi
if command -v tcpdump >/dev/null; then
    watch a "$(tap_of a vl)"
    watch b "$(tap_of b vl)"
    watch t "$trunk"
fi
attach two/a
attach two/b
ok "a in VLAN 252 reaches the host there" guest two/a 'ping -c 5 -W 2 10.54.0.254'
ok "but not b in 253" misses two/a 10.54.0.2
ok "nor b a" misses two/b 10.54.0.1
ok "nor b the host" misses two/b 10.54.0.254
if command -v tcpdump >/dev/null; then
    a=$(mac_of two.yaml a vl) b=$(mac_of two.yaml b vl)
    ok "both were heard to ask" eval "wait_for_line a.frames ' $a > ff.*10.54.0.2 ' 30 && wait_for_line b.frames ' $b > ff.*10.54.0.1 ' 30"
    ok "the trunk has what a asked, with its tag" wait_for_line t.frames " $a > .*vlan 252.*10.54.0.2 " 30
    is "frames of a that came to b, of b that came to a, and of b at a trunk without 253" \
        "$(grep -c " $a > " b.frames) $(grep -c " $b > " a.frames) $(grep -c " $b > " t.frames)" "0 0 0"
else
    for text in "both were heard to ask" "the trunk has what a asked, with its tag" "no frame came out elsewhere"; do
        skip "$text" "tcpdump is not installed"
    done
fi

# a capture sees the frames of each kind of switch
for net in "br 51" "ov 52" "mv 53"; do
    nic=${net% *} number=${net#* }
    on one ping -q -i 0.3 -w 60 "10.$number.0.1" >/dev/null 2>&1 &
    pinging=$!
    started "$pinging"
    r capture two/a "$nic" -w "$nic.pcapng" --duration 2s
    kill "$pinging"
    if command -v tcpdump >/dev/null; then
        ok "capture on $nic: pings of the host, and the answers" eval \
            "[ \$(tcpdump -nr $nic.pcapng 2>/dev/null | grep -cE '10.$number.0.254 > 10.$number.0.1: ICMP echo request|10.$number.0.1 > 10.$number.0.254: ICMP echo reply') -ge 2 ]"
    else
        skip "capture on $nic" "tcpdump is not installed"
    fi
done

# cables
r link two/a br down
if on one ping -c 2 -i 0.3 -W 1 10.51.0.1 >pulled; then
    fail "a cable that is pulled carries nothing" "$(<pulled)"
else
    pass "a cable that is pulled carries nothing"
fi
r link two/a br up
ok "and carries again when it is plugged in" pings one 10.51.0.1
r net two
like "roost net shows what was learned" "$out" "br +a/br +- +[1-9][0-9]* +[1-9][0-9]* +[0-9]+ +72:"
