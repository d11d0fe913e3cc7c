#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# NICs and disks come and go while machines run: two Linux guests, q35 and i440fx, see
# them come, use them and see them go; the supervisor dies in between, a checkpoint and
# a restart have what came, and what the board or the guest does not allow is told; a
# guest that does not answer in time, and one that answers later.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img socat
[ -e "$ROOST_GUEST/vmlinux" ] || skip_all "there is no Linux guest"
plan 74
LAB_SECONDS=300
D=$ROOST_STATE_DIR/hp/disks

# lab NICS-OF-Q DISKS-OF-Q NICS-OF-I DISKS-OF-I [LINE-OF-Q]
lab() {
    cat >hp.yaml <<END
lab: hp
switches: { lan: { type: internal } }
templates:
  g:
    memory: 192M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet g.name=\${machine}
    ready: { serial: "@READY", timeout: 5m }
machines:
  q: { template: g, machine: q35, hotplug: 3, nics: { $1 }, disks: { $2 }${5:+, $5} }
  i: { template: g, machine: i440fx, nics: { $3 }, disks: { $4 } }
END
}
nat='nat: { switch: user }'
qlan='lan: { switch: lan, mac: "52:54:00:aa:00:01" }'
ilan='lan: { switch: lan, model: virtio-net-pci, mac: "52:54:00:aa:00:02" }'

pid() { field hp "$1" pid; }

# A machine in which nothing but its firmware runs lets go of nothing until it is reset.
# It is waited for beside all the rest.
late() {
    echo "lab: late"
    echo "switches: { lan: { type: internal } }"
    echo "machines: { m: { memory: 32M, accel: tcg, nics: { a: { switch: lan }$1 } } }"
}
late ", b: { switch: lan, hotplug: true }, c: { switch: lan, hotplug: true }" >late.yaml
exits "a lab without a guest" 0 up -f late.yaml
late "" >late.yaml
("$ROOST" up -f late.yaml >late.out 2>late.err </dev/null; echo "$?" >late.status) &
started $!
waited=$!

lab "$nat, old: { switch: user }" "s: { bus: scsi, size: 4M }" "$nat, old: { switch: user }" ""
exits "a lab" 0 up -f hp.yaml
q=$(pid q) i=$(pid i)
sees "q35 is there" hp q "ls /sys/class/net/eth1"

# --- they come ------------------------------------------------------------------------
lab "$nat, old: { switch: user }, $qlan" "s: { bus: scsi, size: 4M }, t: { bus: scsi, size: 4M }, data: { bus: virtio, size: 8M, serial: HOT-Q }" \
    "$nat, old: { switch: user }, $ilan" "data: { bus: virtio, size: 8M, serial: HOT-I }"
r plan -f hp.yaml
like "the plan tells of a NIC" "$out" "~ machine q: nic lan is new"
like "and of a disk" "$out" "~ machine i: disk data is new"
exits "a NIC and disks more" 0 up -f hp.yaml
is "in the machines that ran: q35" "$(pid q)" "$q"
is "and i440fx" "$(pid i)" "$i"
like "told in the same words" "$err" "~ machine q: nic lan is new"
r plan -f hp.yaml
like "then nothing differs" "$out" "^# lab hp is up; nothing differs"
sees "the guest of q35 sees the NIC, with the address of the profile" hp q \
    "grep -l 52:54:00:aa:00:01 /sys/class/net/eth2/address && ip addr add 10.9.0.1/24 dev eth2 && ip link set eth2 up"
sees "so does that of i440fx" hp i \
    "modprobe -a virtio_pci virtio_net virtio_blk; grep -l 52:54:00:aa:00:02 /sys/class/net/eth2/address && ip addr add 10.9.0.2/24 dev eth2 && ip link set eth2 up"
sees "and they reach each other" hp i "ping -c 1 -W 5 10.9.0.1"
sees "the disk is there, with its serial number" hp i "grep HOT-I /sys/block/vda/serial"
sees "and is written to" hp i "echo written-by-guest | dd of=/dev/vda bs=512 conv=sync && sync"
sees "on q35 too" hp q "modprobe -a virtio_pci virtio_blk; grep HOT-Q /sys/block/vda/serial"
sees "and one on SCSI" hp q "ls /sys/block/sdb"
exits "what they are is on the list" 0 net hp
like "with the switch" "$out" "q/lan.*i/lan"

# --- what the host has of them --------------------------------------------------------------
kill_supervisor hp
exits "another supervisor takes over" 0 up -f hp.yaml
is "and nothing differs" "$err" ""
exits "a checkpoint" 0 checkpoint save one -l hp
exits "down" 0 down hp
ok "nothing is left" nothing_left hp
exits "up from the checkpoint" 0 up --from one -f hp.yaml
sees "the NIC goes on" hp i "ping -c 1 -W 5 10.9.0.1"
sees "so does the disk" hp i "head -c 16 /dev/vda | grep written-by-guest"
q=$(pid q) i=$(pid i)
exits "nothing differs" 0 up -f hp.yaml
is "after it" "$err" ""

# --- they go ----------------------------------------------------------------------------------
# a supervisor dies while one goes: the next has it in its list, and looks
r qmp hp/q device_del id=nic-lan
gone() { ! "$ROOST" qmp hp/q qom-list path=/machine/peripheral </dev/null 2>/dev/null | grep -q nic-lan; }
ok "somebody takes one by hand" wait_for 60 gone
known() { ! machine_json hp q | grep -q '"lan"'; }
ok "which the lab sees" wait_for 30 known
exits "it comes again" 0 up -f hp.yaml
like "as it is wanted" "$err" "~ machine q: nic lan is new"
lab "$nat, old: { switch: user }" "s: { bus: scsi, size: 4M }" "$nat" ""
exits "pause" 0 pause i -l hp
exits "a machine that stands lets nothing go" 5 up -f hp.yaml
says "and is told of" "machine i: nic [a-z]*: the guest has to let go of it, and the machine is paused: resume it"
r plan -f hp.yaml
like "nothing was done: all of it is still to go" "$out" "~ machine q: nic lan goes.*~ machine q: disk data goes"
exits "resume" 0 resume i -l hp
sees "the guest still has the NIC" hp q "ls /sys/class/net/eth2"
exits "all go" 0 up -f hp.yaml
is "the machines run on: q35" "$(pid q)" "$q"
is "and i440fx" "$(pid i)" "$i"
sees "the guest of q35 sees them go" hp q "! ls /sys/class/net/eth2 /sys/block/vda /sys/block/sdb"
sees "that of i440fx too, and one that was there from the start" hp i "! ls /sys/class/net/eth1 /sys/block/vda"
ok "nothing of them is left on the host" test -z "$(ls "$ROOST_RUN_DIR/hp" | grep -v plan.json | grep lan)"
ok "but the files of the disks" test -e "$D/q.data.qcow2"
r qmp hp/q query-named-block-nodes
is "which nobody has open" "$(grep -c 'q.data' <<<"$out")" 0

# --- what cannot be ------------------------------------------------------------------------------
lab "$nat" "s: { bus: scsi, size: 4M }, sata: { bus: ahci, size: 1M }" "$nat, usb: { switch: user, model: usb-net }" ""
exits "what the board does not let go" 0 up -f hp.yaml
like "needs a restart, with the reason" "$err" "! machine q: .*nic old goes \(it is on q35's root bus, which lets nothing go: with hotplug: true .*needs a restart"
like "so does a SATA disk" "$err" "disk sata is new \(the emulator's IDE and SATA ports are fixed"
like "and a card of USB where there was none" "$err" "! machine i: device nics is new; nic usb is new \(the machine has no controller for it\)"
lab "$nat, old: { switch: user }, a: { switch: lan }, b: { switch: lan }, c: { switch: lan }, d: { switch: lan }" "s: { bus: scsi, size: 4M }" "$nat" ""
exits "more than there are ports" 0 up -f hp.yaml
like "three come, one waits" "$err" "nic c is new.*! machine q: nic d is new \(no port is free for it"
exits "a restart" 0 restart --force q --no-wait -l hp
r net hp
like "has what came" "$out" "q/a.*q/b.*q/c"
lab "$nat, own: { switch: user, hotplug: true }" "s: { bus: scsi, size: 4M }" "$nat, u1: { switch: user, model: usb-net }" ""
exits "a port of its own and a card of USB, from a start on" 0 up --restart -f hp.yaml
i=$(pid i)
lab "$nat" "s: { bus: scsi, size: 4M }" "$nat, u1: { switch: user, model: usb-net }, u2: { switch: lan, model: usb-net }" ""
exits "the port is there to be left, and USB takes another" 0 up -f hp.yaml
like "while the machines run" "$err" "~ machine q: nic own goes.*~ machine i: nic u2 is new"
sees "the guest has two of USB" hp i "[ \$(grep -l 0525 /sys/bus/usb/devices/*/idVendor | wc -l) = 2 ]"
exits "pause" 0 pause i -l hp
lab "$nat" "s: { bus: scsi, size: 4M }" "$nat, u1: { switch: user, model: usb-net }" ""
exits "one of USB goes without being asked" 0 up -f hp.yaml
exits "resume" 0 resume i -l hp
sees "the guest has one" hp i "[ \$(grep -l 0525 /sys/bus/usb/devices/*/idVendor | wc -l) = 1 ]"
is "and the machine is the same" "$(pid i)" "$i"

# --- a guest that does not answer in time, and one that answers later --------------------------
wait "$waited"
is "who lets go of nothing fails it" "$(<late.status)" 5
like "and it says so" "$(<late.err)" "machine m: nic [bc]: the guest did not let go of it within 20 s, and the machine keeps it"
has() { "$ROOST" net late </dev/null | grep -q "m/$1 "; }
ok "both are there" eval "has b && has c"
kill_supervisor late
exits "a reset, under another supervisor" 0 reset m -l late
first=$(grep -o 'nic [bc]' late.err | head -n 1)
lost() { ! machine_json late m | grep -q "\"${first#nic }\""; }
ok "lets go of what was asked for, and the lab sees it" wait_for 60 lost
ok "and of nothing else" test "$(machine_json late m | grep -c '"a"')" -gt 0
exits "down" 0 down --force late
exits "down" 0 down --force hp
ok "nothing is left" nothing_left hp
ok "logs are clean" logs_are_clean
