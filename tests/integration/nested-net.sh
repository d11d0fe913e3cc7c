#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Run by check-nested-net.sh inside a machine whose kernel has all that networks need:
# tunnels; VLANs between guests on a bridge that filters and on the kernel's datapath of
# Open vSwitch; vhost; delay, loss and rate; and everything as it was afterwards. A ping
# that passes is no proof that VLANs hold, and one that does not is none that the guest
# is there: each is shown both ways, and by what comes out of the taps.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"

modules=$ROOST_TEST_KERNEL
release=$(uname -r)
lacking=
for module in kvm-amd tun macvtap bridge 8021q veth vxlan ip_gre openvswitch vport-vxlan vport-gre sch_netem vhost_net; do
    modprobe -d "$modules" -S "$release" "$module" >"$TMP/modprobe" 2>&1 || lacking+=" $module ($(tail -n 1 "$TMP/modprobe"))"
done
need_namespaces
need_ovs

plan 86
is "the modules of this kernel" "$lacking" ""
ok "KVM in here" test -c /dev/kvm
# Younger than this a machine lets Open vSwitch count no processors at all.
ok "it is old enough for Open vSwitch" wait_for 60 awk '{ exit $1 < 15 }' /proc/uptime
aged() {
    note "the machine is up for $(cut -d. -f1 /proc/uptime) s"
}

# --- tunnels ---------------------------------------------------------------------------------
host_new east
host_new west
ip link add e0 netns "${hosts[east]}" type veth peer name w0 netns "${hosts[west]}"
on east ip link set e0 up
on west ip link set w0 up
on east ip address add 10.60.0.1/24 dev e0
on west ip address add 10.60.0.2/24 dev w0
lab() { # NAME OWN OTHER SWITCH TUNNEL NIC
    cat <<END
lab: $1
switches:
  lan: { $4, address: 10.61.0.$2/24, tunnels: { other: { remote: 10.60.0.$3, key: 77, type: $5 } } }
machines:
  m: { memory: 32M, accel: kvm, nics: { lan: { switch: lan$6 } } }
END
}
# The first look at the emulator reads all of it from the host's files, which may last
# longer than roost waits.
lab east 1 2 "type: bridge" vxlan "" >east.yaml
LAB_SECONDS=1200
ok "the emulator answers in here" wait_for 1200 "$ROOST" argv -f east.yaml m
aged
# tunnel TEXT SWITCH TUNNEL NIC
tunnel() {
    local side
    lab east 1 2 "$2" "$3" "$4" >east.yaml
    lab west 2 1 "$2" "$3" "$4" >west.yaml
    for side in east west; do
        host=${hosts[$side]}
        ovs_env "$side"
        r up -f "$side.yaml" --paused
        [ "$status" = 0 ] || note "$side: status $status: $err"
    done
    ok "$1: a ping crosses" pings west 10.61.0.1
    r down west --force
    host=${hosts[east]}
    ovs_env east
    r down east --force
}
picture east >east.before
tunnel "vxlan between bridges" "type: bridge" vxlan ""
tunnel "vxlan between bridges, in a VLAN" "type: bridge, vlan: 252" vxlan ", vlan: 252"
as_before "vxlan: everything is as before" east east.before
ovs_start east && ovs_start west || exit 1
picture east >east.before
tunnel "vxlan between Open vSwitches of the kernel" "type: ovs" vxlan ""
tunnel "gre between Open vSwitches of the kernel" "type: ovs" gre ""
tunnel "gre between Open vSwitches, in a VLAN" "type: ovs, vlan: 252" gre ", vlan: 252"
ovs_env east
as_before "Open vSwitch: everything is as before" east east.before
aged

# --- a bridge that is there and does not filter ------------------------------------------------
host_new far
host_new one
ovs_start one || exit 1
on one ip link add brold type bridge
on one ip link set brold up
cat >old.yaml <<'END'
lab: old
switches: { old: { type: bridge, existing: true, bridge: brold } }
machines: { m: { memory: 32M, accel: kvm, nics: { old: { switch: old, vlan: 252 } } } }
END
picture one >old
exits "VLANs on a bridge that does not filter are refused" 4 up -f old.yaml --paused
says "it says how to mend it" "brold does not filter VLANs.*ip link set brold type bridge vlan_filtering 1"
as_before "and it stays as it was" one old
on one ip link set brold type bridge vlan_filtering 1 vlan_default_pvid 9
exits "on one that does they can be had" 0 up -f old.yaml --paused
is "the tap is in that VLAN, and not in the bridge's own" \
    "$(on one bridge vlan show dev "$(tap_of m old)" | sed 1d | tr -s ' \t' ' ' | sed 's/^[^ ]* //; s/ $//')" \
    "252 PVID Egress Untagged"
r down old --force
as_before "and it is as before" one old
on one ip link del brold
aged

# --- VLANs begin to count, and cease to, while machines run -------------------------------------
ip link add up-lv netns "${hosts[one]}" type veth peer name far-lv netns "${hosts[far]}"
on far ip link set far-lv up
on far ip address add 10.71.0.7/24 dev far-lv
on far ip link add link far-lv name lv.252 type vlan id 252
on far ip link set lv.252 up
on far ip address add 10.72.0.7/24 dev lv.252
live() { # SWITCH NIC [MACHINE]
    cat <<END
lab: lv
switches: { br: { type: bridge, bridge: rlv, address: 10.71.0.254/24, uplink: up-lv$1 } }
machines:
  m: { memory: 32M, accel: kvm, nics: { br: { switch: br$2 } } }
${3:-}
END
}
# vlans INTERFACE: its VLANs, in one line
vlans() {
    on one bridge -compressvlans vlan show dev "$1" | sed 1d | tr -s ' \t' ' ' | sed 's/^[^ ]* //; s/ $//' | paste -sd ,
}
filters() { on one cat /sys/class/net/rlv/bridge/vlan_filtering; }
picture one >lv.before
live "" "" >lv.yaml
exits "a lab without VLANs" 0 up -f lv.yaml --paused
is "its bridge does not mind them" "$(filters)" 0
ok "the host reaches who is behind the uplink" pings one 10.71.0.7
ip netns exec "${hosts[one]}" ping -q -i 0.2 10.71.0.7 >flow 2>&1 &
flow=$!
started "$flow"
live "" ", vlan: 252" >lv.yaml
exits "a first VLAN below a machine that runs" 0 up -f lv.yaml
like "it is told" "$err" "~ network br: bridge rlv, VLANs count"
is "the bridge minds them" "$(filters)" 1
tap=$(tap_of m br)
is "the tap is in its VLAN alone" "$(vlans "$tap")" "252 PVID Egress Untagged"
is "the host's side is in the one that it was in" "$(vlans rlv)" "1 PVID Egress Untagged"
is "and the uplink too, with all others" "$(vlans up-lv)" "1 PVID Egress Untagged,2-4094"
kill -INT "$flow"
wait "$flow"
lost=$(sed -n 's/.* \([0-9]*\)[0-9.]*% packet loss.*/\1/p' flow)
ok "what was under way goes on (${lost:-all} % were lost)" test "${lost:-100}" -le 20
watch tap "$tap"
on far ping -c 3 -i 0.3 -W 1 10.71.0.9 >/dev/null 2>&1
on far ping -c 3 -i 0.3 -W 1 10.72.0.9 >/dev/null 2>&1
ok "what comes in that VLAN comes out at the tap" wait_for_line tap.frames "who-has 10.72.0.9" 30
is "and nothing else does" "$(grep -c 'who-has 10.71.0.9' tap.frames)" 0
kill_supervisor lv
exits "another supervisor" 0 up -f lv.yaml
is "finds it as it is wanted" "$err" ""
live "" "" "  bad: { memory: 32M, accel: kvm, args: [-bogus] }" >lv.yaml
exits "what fails later" 5 up -f lv.yaml
is "leaves them" "$(filters) $(vlans "$tap")" "1 252 PVID Egress Untagged"
live ", vlan: 252, mtu: 9000" ", vlan: 252" >lv.yaml
exits "the host in that VLAN, and longer frames" 0 up -f lv.yaml
is "so it is" "$(vlans rlv) $(on one cat /sys/class/net/{rlv,up-lv,"$tap"}/mtu | paste -sd ' ')" \
    "252 PVID Egress Untagged 9000 9000 9000"
live "" "" >lv.yaml
exits "no VLAN any more" 0 up -f lv.yaml
ok "who is behind the uplink is reached as before" pings one 10.71.0.7
r down lv --force
as_before "everything is as before" one lv.before
on one ip link del up-lv
aged

# --- two guests ------------------------------------------------------------------------------
for cable in br ov; do
    ip link add "up-$cable" netns "${hosts[one]}" type veth peer name "far-$cable" netns "${hosts[far]}"
    on far ip link set "far-$cable" up
    for vlan in 252 253; do
        on far ip link add link "far-$cable" name "$cable.$vlan" type vlan id "$vlan"
        on far ip link set "$cable.$vlan" up
    done
done
on far ip address add 10.51.0.77/32 dev br.252
on far ip route add 10.51.0.1/32 dev br.252
on far ip address add 10.51.0.78/32 dev br.253
on far ip route add 10.51.0.3/32 dev br.253
on far ip address add 10.52.0.77/32 dev ov.252
on far ip route add 10.52.0.1/32 dev ov.252
on far ip address add 10.52.0.78/32 dev ov.253
on far ip route add 10.52.0.3/32 dev ov.253
for file in all default; do
    on far sh -c "echo 1 >/proc/sys/net/ipv4/conf/$file/arp_ignore"
done

# a is in VLAN 252; c has 252 with tags, and is in 253 without. Guests start from memory:
# so much is read from the host's files once only. One after the other, as the start of
# their emulators is what takes time in here.
mkdir guest
cp "$ROOST_GUEST"/{vmlinux,initrd.gz} guest/
cat >v.yaml <<END
lab: v
switches:
  br: { type: bridge, bridge: rbr, address: [10.51.0.254/24, "fd51::254/64"], vlan: 252, uplink: up-br }
  ov: { type: ovs, bridge: rov, address: [10.52.0.254/24, "fd52::254/64"], vlan: 252, uplink: up-ov }
templates:
  guest:
    memory: 128M
    accel: kvm
    cpu: host
    kernel: $TMP/guest/vmlinux
    initrd: $TMP/guest/initrd.gz
    ready: { serial: "^@READY", timeout: 30m }
machines:
  a:
    template: guest
    append: console=ttyS0 quiet no_timer_check g.name=a g.ip0=10.51.0.1/24 g.ip1=10.52.0.1/24
    nics: { br: { switch: br, model: virtio-net-pci, vlan: 252 }, ov: { switch: ov, vlan: 252 } }
  c:
    template: guest
    after: [a]
    append: console=ttyS0 quiet no_timer_check g.name=c g.ip0=10.51.0.3/24 g.ip1=10.52.0.3/24
    nics:
      br: { switch: br, model: virtio-net-pci, vlan: 253, trunk: [252] }
      ov: { switch: ov, model: virtio-net-pci, vlan: 253, trunk: [252] }
END
picture one >before
LAB_SECONDS=3000
exits "two guests come up" 0 up -f v.yaml
aged
# reaches LAB/MACHINE ADDRESS: the guest pings it at last.
reaches() {
    guest "$1" "for i in 1 2 3 4 5 6 7 8 9 10; do ping -c 1 -W 2 $2 && break; done"
}
attach v/a
attach v/c
ok "c has an interface in VLAN 252 on each" guest v/c \
    'modprobe 8021q; for n in 0 1; do ip link add link eth$n name v$n type vlan id 252; ip link set v$n up; ip addr add 10.5$((n + 1)).1.3/24 dev v$n; done; [ -d /sys/class/net/v1 ]'
ok "a has an address there too" guest v/a 'for n in 0 1; do ip addr add 10.5$((n + 1)).1.1/24 dev eth$n; done'

# --- VLANs ---------------------------------------------------------------------------
for net in "bridge 51 br" "ovs 52 ov"; do
    read -r name number nic <<<"$net"
    watch "a-$nic" "$(tap_of a "$nic")"
    watch "c-$nic" "$(tap_of c "$nic")"
    mac=$(mac_of v.yaml a "$nic")
    ok "$name: VLAN 252: the host reaches a" pings one "10.$number.0.1"
    ok "$name: and so does who is behind the uplink, with tags" pings far "10.$number.0.1"
    ok "$name: a trunk reaches a with tags" reaches v/c "10.$number.1.1"
    ok "$name: who is in its native VLAN 253 is reached without" pings far "10.$number.0.3"
    ok "$name: c in 253 does not reach a in 252" misses v/c "10.$number.0.1"
    ok "$name: nor a in 252 c in 253" misses v/a "10.$number.0.3"
    ok "$name: nor c the host in 252" misses v/c "10.$number.0.254"
    ok "$name: c was heard to ask, without a tag" wait_for_line "c-$nic.frames" "> ff.* ARP.*who-has 10.$number.0.1 tell 10.$number.0.3" 30
    is "$name: nothing of that came out at a" "$(grep -c "tell 10.$number.0.3" "a-$nic.frames")" 0
    ok "$name: what a asked came to c with its tag" wait_for_line "c-$nic.frames" "$mac > ff.*vlan 252.*who-has 10.$number.0.3 tell 10.$number.0.1" 30
    is "$name: and nothing of a came to it without" "$(grep " $mac > " "c-$nic.frames" | grep -vc 'vlan 252')" 0
done
r net v
like "roost net shows VLANs and what was learned on the bridge" "$out" "br +a/br +252 [^
]*$(mac_of v.yaml a br)"
like "an address in several VLANs is there once, with them" "$out" "br +c/br +trunk 252 native 253 [^
]*$(mac_of v.yaml c br)\\(252-253\\)"
like "and on Open vSwitch" "$out" "ov +a/ov +252 [^
]*$(mac_of v.yaml a ov)"
# What comes by the uplink has a tag; flows are forgotten after seconds.
ok "ovs: the frames are carried by the kernel" eval \
    "ovs-appctl dpif/show | grep -q system@ && on far ping -c 2 10.52.0.1 && ovs-appctl dpctl/dump-flows | grep 'vid=252'"
aged

# --- what else a bridge is ---------------------------------------------------------------
is "bridge: no spanning tree" "$(on one cat /sys/class/net/rbr/bridge/stp_state)" 0
is "ovs: no spanning tree" "$(ovs-vsctl get bridge rov stp_enable rstp_enable | paste -sd ' ')" "false false"
# The link begins where the root of its own mounts is.
opens() { # MACHINE FILE
    find "/proc/$(field v "$1" pid)/fd" -lname "*$2" | grep -q .
}
ok "virtio is served by vhost-net, on both" opens c /dev/vhost-net
ok "IPv6: both addresses of a bridge" eval "on one ip -br addr show rbr | grep -q '10.51.0.254/24 fd51::254/64'"
ok "IPv6: and of Open vSwitch" eval "on one ip -br addr show rov | grep -q '10.52.0.254/24 fd52::254/64'"

# --- delay, loss, rate ---------------------------------------------------------------------
# round_trip SIZE: the shortest of ten, in milliseconds.
round_trip() {
    on one ping -q -c 10 -i 0.2 -s "$1" 10.51.0.1 | sed -n 's,.*= \([0-9]*\).*/.*/.*/.*,\1,p'
}
between() {
    if [ "${2:-0}" -ge "$3" ] && [ "${2:-0}" -le "$4" ]; then pass "$1: $2"; else fail "$1: $2, wanted $3 to $4"; fi
}
exits "delay" 0 link v/a br --delay 300ms
between "delay of 300 ms, measured" "$(round_trip 56)" 300 900
exits "rate" 0 link v/a br --delay 0 --rate 100kbit
between "1442 bytes at 100 kbit/s take 115 ms, measured" "$(round_trip 1400)" 100 600
exits "loss" 0 link v/a br --loss 50%
between "loss of 50 %, measured" "$(on one ping -q -c 100 -i 0.05 -W 2 10.51.0.1 | sed -n 's/.* \([0-9]*\)[0-9.]*% packet loss.*/\1/p')" 25 75
exits "nothing" 0 link v/a br --delay 0 --loss 0 --rate 0
is "nothing is left of it" "$(on one tc qdisc show | grep -c netem)" 0
aged

# --- the end, one way and the other ------------------------------------------------------------
exits "down" 0 down v --force
as_before "everything is as before" one before
exits "up again" 0 up -f v.yaml --paused
kill_supervisor v
exits "gc after a killed supervisor" 0 gc
r down v --force
as_before "everything is as before that" one before
ok "no supervisor complained" logs_are_clean
