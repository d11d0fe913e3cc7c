#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Run by check-nested-net.sh inside a machine whose kernel has all that networks need:
# VLANs between guests on a bridge that filters and on the kernel's datapath of Open
# vSwitch; vhost; delay, loss and rate; tunnels; and everything as it was afterwards.
# A ping that passes is no proof that VLANs hold, and one that does not is none that
# the guest is there: each is shown both ways, and by what comes out of the taps.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"

modules=$ROOST_TEST_KERNEL
release=$(uname -r)
lacking=
for module in kvm-amd tun macvtap bridge 8021q veth vxlan ip_gre openvswitch vport-vxlan vport-gre sch_netem vhost_net; do
    modprobe -d "$modules" -S "$release" "$module" >"$TMP/modprobe" 2>&1 || lacking+=" $module ($(tail -n 1 "$TMP/modprobe"))"
done
need_namespaces
need_ovs

plan 62
is "the modules of this kernel" "$lacking" ""
ok "KVM in here" test -c /dev/kvm
# Younger than this a machine lets Open vSwitch count no processors at all.
ok "it is old enough for Open vSwitch" wait_for 60 awk '{ exit $1 < 15 }' /proc/uptime

# Guests start from memory: so much is read from the host's files once only.
mkdir guest
cp "$ROOST_GUEST"/{vmlinux,initrd.gz,stamp} guest/
ROOST_GUEST=$TMP/guest

host_new one
host_new far
ovs_start one || exit 1
for cable in br ov; do
    ip link add "up-$cable" netns "${hosts[one]}" type veth peer name "far-$cable" netns "${hosts[far]}"
    on far ip link set "far-$cable" up
    on far ip link add link "far-$cable" name "$cable.252" type vlan id 252
    on far ip link set "$cable.252" up
done
on far ip address add 10.51.0.77/24 dev br.252
on far ip address add 10.52.0.77/24 dev ov.252
host=${hosts[one]}

# a is in VLAN 252 and b in 253; c has 252 with tags, and 253 without.
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
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    ready: { serial: "^@READY", timeout: 15m }
# One after the other: their emulators' start is what takes time in here.
machines:
  a:
    template: guest
    append: console=ttyS0 quiet no_timer_check g.name=a g.ip0=10.51.0.1/24 g.ip1=10.52.0.1/24
    nics: { br: { switch: br, model: virtio-net-pci, vlan: 252 }, ov: { switch: ov, vlan: 252 } }
  b:
    template: guest
    after: [a]
    append: console=ttyS0 quiet no_timer_check g.name=b g.ip0=10.51.0.2/24 g.ip1=10.52.0.2/24
    nics: { br: { switch: br, vlan: 253 }, ov: { switch: ov, model: virtio-net-pci, vlan: 253 } }
  c:
    template: guest
    after: [b]
    append: console=ttyS0 quiet no_timer_check g.name=c g.ip0=10.51.0.3/24 g.ip1=10.52.0.3/24
    nics:
      br: { switch: br, model: virtio-net-pci, vlan: 253, trunk: [252] }
      ov: { switch: ov, model: virtio-net-pci, vlan: 253, trunk: [252] }
END
picture one >before
LAB_SECONDS=1200
# The first look at the emulator reads all of it from the host's files, which may last
# longer than roost waits.
wait_for 600 "$ROOST" argv -f v.yaml a >argv.log 2>&1
exits "three guests come up" 0 up -f v.yaml

# reaches LAB/MACHINE ADDRESS: the guest pings it at last.
reaches() {
    guest "$1" "for i in 1 2 3 4 5 6 7 8 9 10; do ping -c 1 -W 2 $2 && break; done"
}
for name in a b c; do
    attach "v/$name"
done
ok "c has an interface in VLAN 252 on each" guest v/c \
    'modprobe 8021q; for n in 0 1; do ip link add link eth$n name v$n type vlan id 252; ip link set v$n up; ip addr add 10.5$((n + 1)).1.3/24 dev v$n; done; [ -d /sys/class/net/v1 ]'
ok "a has an address there too" guest v/a 'for n in 0 1; do ip addr add 10.5$((n + 1)).1.1/24 dev eth$n; done'

note "up for $(cut -d. -f1 /proc/uptime) s"

# --- VLANs ---------------------------------------------------------------------------
mac() { # MACHINE NIC
    mac_of v.yaml "$@"
}
for net in "bridge 51 br" "ovs 52 ov"; do
    read -r name number nic <<<"$net"
    for machine in a b c; do
        watch "$machine-$nic" "$(tap_of "$machine" "$nic")"
    done
    ok "$name: VLAN 252: the host reaches a" pings one "10.$number.0.1"
    ok "$name: and so does who is behind the uplink, with tags" pings far "10.$number.0.1"
    ok "$name: a trunk reaches VLAN 252 with tags" reaches v/c "10.$number.1.1"
    ok "$name: and its native VLAN without" reaches v/c "10.$number.0.2"
    ok "$name: b in 253 does not reach a in 252" misses v/b "10.$number.0.1"
    ok "$name: nor a in 252 b in 253" misses v/a "10.$number.0.2"
    ok "$name: nor b the host in 252" misses v/b "10.$number.0.254"
    like "$name: nothing of a came out at b, nor the other way" \
        "$(grep -c "^[^ ]* $(mac a $nic)" b-$nic.frames) $(grep -c "^[^ ]* $(mac b $nic)" a-$nic.frames)" '^0 0$'
    ok "$name: what came at the trunk of a has its tag" \
        wait_for_line c-$nic.frames "^[^ ]* $(mac a $nic) .*vlan 252" 30
    ok "$name: what came at the trunk of b has none" eval \
        "wait_for_line c-$nic.frames '^[^ ]* $(mac b $nic) ' 30 && ! grep '^[^ ]* $(mac b $nic) .*vlan ' c-$nic.frames"
done
r net v
like "roost net shows VLANs and what was learned on the bridge" "$out" "br +a/br +252 [^
]*$(mac a br)"
like "and on Open vSwitch" "$out" "ov +a/ov +252 [^
]*$(mac a ov)"
ok "ovs: the frames are carried by the kernel" eval \
    "ovs-appctl dpif/show | grep -q system@ && on one ping -c 2 10.52.0.1 && ovs-appctl dpctl/dump-flows | grep -q 'vid=252'"

note "up for $(cut -d. -f1 /proc/uptime) s"

# --- what else a bridge is ---------------------------------------------------------------
is "bridge: no spanning tree" "$(on one cat /sys/class/net/rbr/bridge/stp_state)" 0
is "ovs: no spanning tree" "$(ovs-vsctl get bridge rov stp_enable rstp_enable | paste -sd ' ')" "false false"
opens() { # MACHINE FILE
    ls -l "/proc/$(field v "$1" pid)/fd" | grep -q " $2\$"
}
ok "virtio is served by vhost-net" opens a /dev/vhost-net
ok "on Open vSwitch too" opens b /dev/vhost-net
ok "IPv6: both addresses of a bridge" eval "on one ip -br addr show rbr | grep -q '10.51.0.254/24 fd51::254/64'"
ok "IPv6: and of Open vSwitch" eval "on one ip -br addr show rov | grep -q '10.52.0.254/24 fd52::254/64'"

# --- delay, loss, rate ---------------------------------------------------------------------
# round_trip SIZE: the shortest of ten, in milliseconds.
round_trip() {
    on one ping -q -c 10 -i 0.2 -s "$1" 10.51.0.1 | sed -n 's,.*= \([0-9]*\).*/.*/.*/.*,\1,p'
}
between() {
    if [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; then pass "$1: $2"; else fail "$1: $2, wanted $3 to $4"; fi
}
exits "delay" 0 link v/a br --delay 300ms
between "delay of 300 ms, measured" "$(round_trip 56)" 300 900
exits "rate" 0 link v/a br --delay 0 --rate 100kbit
between "1442 bytes at 100 kbit/s take 115 ms, measured" "$(round_trip 1400)" 100 600
exits "loss" 0 link v/a br --loss 50%
between "loss of 50 %, measured" "$(on one ping -q -c 100 -i 0.05 -W 2 10.51.0.1 | sed -n 's/.* \([0-9]*\)[0-9.]*% packet loss.*/\1/p')" 25 75
exits "nothing" 0 link v/a br --delay 0 --loss 0 --rate 0
is "nothing is left of it" "$(on one tc qdisc show | grep -c netem)" 0

note "up for $(cut -d. -f1 /proc/uptime) s"

# --- the end, one way and the other ------------------------------------------------------------
exits "down" 0 down v --force
as_before "everything is as before" one before
exits "up again" 0 up -f v.yaml --paused
kill_supervisor v
exits "gc after a killed supervisor" 0 gc
r down v --force
as_before "everything is as before that" one before
is "no interface of a kernel's datapath is left" "$(on one ovs-dpctl show 2>/dev/null | grep -c 'port [1-9]')" 0

# --- a bridge that is there and does not filter ------------------------------------------------
on one ip link add brold type bridge
on one ip link set brold up
cat >old.yaml <<'END'
lab: old
switches: { old: { type: bridge, existing: true, bridge: brold } }
machines: { m: { memory: 32M, nics: { old: { switch: old, vlan: 252 } } } }
END
picture one >old
exits "VLANs on a bridge that does not filter are refused" 4 up -f old.yaml --paused
says "it says how to mend it" "brold does not filter VLANs.*ip link set brold type bridge vlan_filtering 1"
as_before "and it stays as it was" one old
on one ip link set brold type bridge vlan_filtering 1
exits "on one that does they can be had" 0 up -f old.yaml --paused
like "with the VLAN at the tap" "$(on one bridge vlan show dev "$(tap_of m old)")" '252 PVID Egress Untagged'
r down old --force
as_before "and it is as before" one old

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
  m: { memory: 32M, nics: { lan: { switch: lan$6 } } }
END
}
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
tunnel "vxlan between Open vSwitches of the kernel" "type: ovs" vxlan ""
tunnel "gre between Open vSwitches of the kernel" "type: ovs" gre ""
tunnel "gre between Open vSwitches, in a VLAN" "type: ovs, vlan: 252" gre ", vlan: 252"
ok "no supervisor complained" logs_are_clean
