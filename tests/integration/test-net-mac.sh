#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two plain QEMUs on one bridge with the address that QEMU gives every NIC: they lose
# each other's frames. With another one they lose none. The same in a profile is
# refused before anything starts.
# Requirements: R12.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64
need_guest
need_namespaces

plan 9
host_new one
on one ip link add br0 type bridge forward_delay 0
on one ip address add 10.80.0.254/24 dev br0
on one ip link set br0 up
for name in red blue; do
    on one ip tuntap add dev "$name" mode tap
    on one ip link set "$name" master br0 up
done
mac=52:54:00:12:34:56

# QEMU is started in the namespace.
real=$(command -v "$ROOST_QEMU")
ROOST_QEMU=$TMP/qemu
printf '#!/bin/sh\nexec ip netns exec %s %s "$@"\n' "${hosts[one]}" "$real" >"$ROOST_QEMU"
chmod +x "$ROOST_QEMU"

# plain NAME NUMBER: nothing is said of its address.
plain() {
    vm_start "$1" -M q35 -m 192 -kernel "$ROOST_GUEST/vmlinux" -initrd "$ROOST_GUEST/initrd.gz" \
        -append "console=ttyS0 quiet no_timer_check g.name=$1 g.ip0=10.80.0.$2/24" \
        -netdev "tap,id=n,ifname=$1,script=no,downscript=no" -device e1000,netdev=n
}
plain red 1
plain blue 2
ok "two plain QEMUs: the first is up" vm_line red '^@READY' 180
ok "and the second" vm_line blue '^@READY' 180
is "both have the same address" "$(vm_line red '^@NIC' 5 | grep -o "$mac") $(vm_line blue '^@NIC' 5 | grep -o "$mac")" "$mac $mac"

# loss NUMBER: of ten pings from red to blue, in percent
loss() {
    vm_type red "echo @LOSS $1 \$(ping -c 10 -W 1 -i 0.3 10.80.0.2 | sed -n 's/.* \\([0-9]*\\)% packet loss.*/\\1/p')"
    vm_line red "^@LOSS $1 [0-9]+$" 120 | cut -d ' ' -f 3
}
is "same address: pings lost between them" "$(loss 1)" 100
vm_type blue 'ip link set eth0 down; ip link set eth0 address 52:54:00:12:34:57; ip link set eth0 up; echo @CHANGED'
vm_line blue '^@CHANGED' 60 >/dev/null
ok "another address: the host reaches it" pings one 10.80.0.2
is "another address: pings lost between them" "$(loss 2)" 0

cat >same.yaml <<END
lab: same
switches:
  lan: { type: bridge, existing: true, bridge: br0 }
machines:
  red: { memory: 32M, nics: { lan: { switch: lan, mac: "$mac" } } }
  blue: { memory: 32M, nics: { lan: { switch: lan, mac: "$mac" } } }
END
exits "in a profile it is refused" 3 up -f same.yaml --paused
like "naming both lines" "$err" \
    "same\.yaml:6:[0-9]*: machines\.blue\.nics\.lan\.mac: $mac is already the address of nic lan of machine red on line 5"
ok "and nothing was started" nothing_left same
