#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# macvtap in each of its modes, with a Linux guest and its host's other side; a cable
# that is out when the machine starts; and two networks in which macvtaps have the same
# numbers, as their device nodes in /dev are called by these alone; one that comes and
# goes while its machine runs.
# Requirements: R21.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64
need_guest
need_namespaces

plan 20
for name in one two; do
    host_new "$name"
    for number in 1 2 3 4; do
        on "$name" ip link add "u$number" type veth peer name "p$number"
        on "$name" ip link set "u$number" up
        on "$name" ip link set "p$number" up
        on "$name" ip address add "10.9$number.0.254/24" dev "p$number"
    done
done
host=${hosts[one]}

switches() {
    cat <<END
switches:
  s1: { type: macvtap, uplink: u1, mtu: 1400 }
  s2: { type: macvtap, uplink: u2, mode: vepa }
  s3: { type: macvtap, uplink: u3, mode: private }
  s4: { type: macvtap, uplink: u4, mode: passthru }
END
}
nics() {
    cat <<END
    nics:
      n1: { switch: s1, model: virtio-net-pci, link: down }
      n2: { switch: s2 }
      n3: { switch: s3 }
      n4: { switch: s4, model: virtio-net-pci, queues: 2 }
END
}
{
    echo "lab: one"
    switches
    cat <<END
machines:
  x:
    memory: 192M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet no_timer_check g.name=x g.ip0=10.91.0.1/24 g.ip1=10.92.0.1/24 g.ip2=10.93.0.1/24 g.ip3=10.94.0.1/24
    ready: { serial: "@READY", timeout: 5m }
END
    nics
} >one.yaml
{
    echo "lab: two"
    switches
    printf 'machines:\n  x:\n    memory: 32M\n'
    nics
} >two.yaml

picture one >before
LAB_SECONDS=300
exits "it comes up" 0 up -f one.yaml
ok "vepa: the other side reaches it" pings one 10.92.0.1
ok "private: the other side reaches it" pings one 10.93.0.1
ok "passthru with two queues: the other side reaches it" pings one 10.94.0.1
if on one ping -c 2 -i 0.3 -W 1 10.91.0.1 >out-cable; then
    fail "a cable that is out at the start carries nothing" "$(<out-cable)"
else
    pass "a cable that is out at the start carries nothing"
fi
r link one/x n1 up
ok "bridge: the other side reaches it, once it is plugged in" pings one 10.91.0.1
attach one/x
ok "with frames as large as its mtu" guest one/x 'ping -c 3 -s 1372 10.91.0.254'

# devices NETWORK: numbers of its macvtaps' interfaces, and of their character devices
devices() {
    on "$1" sh -c 'for d in /sys/class/net/*/macvtap/tap*; do echo "${d##*/} $(cat "$d/dev")"; done' | sort
}
# open_devices LAB: the character devices that its emulator has open, of macvtap
open_devices() {
    local fd number
    for fd in "/proc/$(field "$1" x pid)/fd"/*; do
        [ -c "$fd" ] && number=$((0x$(stat -L -c %t "$fd"))):$((0x$(stat -L -c %T "$fd"))) &&
            grep -q " $number\$" devices.one devices.two && echo "$number"
    done | sort -u
}
host=${hosts[two]}
exits "in another network it comes up as well" 0 up -f two.yaml --paused
devices one >devices.one
devices two >devices.two
is "interfaces have the same numbers there" "$(cut -d ' ' -f 1 devices.two)" "$(cut -d ' ' -f 1 devices.one)"
is "each emulator has the devices of its own network: the first" \
    "$(open_devices one)" "$(cut -d ' ' -f 2 devices.one | sort)"
is "and the second" "$(open_devices two)" "$(cut -d ' ' -f 2 devices.two | sort)"
r down two --force
host=${hosts[one]}

# one more, and shorter frames, while it runs
cp one.yaml four.yaml
sed 's/mtu: 1400/mtu: 1300/' four.yaml >one.yaml
echo "      n5: { switch: s1, model: virtio-net-pci }" >>one.yaml
exits "a fifth while it runs, and shorter frames" 0 up -f one.yaml
like "all of it told" "$err" "~ tap x/n1: .* mtu 1400 → 1300.*\+ tap x/n5: macvtap .* on u1, bridge.*~ machine x: nic n5 is new"
ok "the guest has it" guest one/x 'for i in 1 2 3 4 5 6 7 8 9 10; do [ -d /sys/class/net/eth4 ] && break; sleep 1; done; ip addr add 10.91.0.5/24 dev eth4 && ip link set eth4 up'
ok "the other side reaches it" pings one 10.91.0.5
is "both on that switch have the mtu" "$(on one sh -c 'cat /sys/class/net/x-n1-*/mtu /sys/class/net/x-n5-*/mtu' | paste -sd ' ')" "1300 1300"
cp four.yaml one.yaml
exits "it goes" 0 up -f one.yaml
is "and its interface too, and the mtu is as it was" "$(on one sh -c 'ls -d /sys/class/net/x-n5-* 2>/dev/null | wc -l; cat /sys/class/net/x-n1-*/mtu' | paste -sd ' ')" "0 1400"
exits "down" 0 down one --force
as_before "everything is as before" one before
