#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The shipped cluster of two hypervisors (R7, R8, R9, R10, R12, R13, R14, R16), with
# small Linux machines in place of ESXi, on Open vSwitch with its datapath in
# user space, in a network namespace that stands for the host.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"

need "$ROOST_QEMU" qemu-img
need_namespaces
need_ovs
need_guest
plan 21

# What a guest of Linux needs to be told, and nothing else, over the shipped profile.
cat >cluster.yaml <<'END'
lab: cluster
include: [esxi-cluster.yaml]
machines:
  esxi[1-2]:
    accel: tcg
    nested: null
    smp: 1
    video: none
    display: none
    ready: { screen_stable: null, serial: "^@READY" }
    args:
      - -fw_cfg
      - "name=opt/guest/cmdline,string=g.name=${machine} g.ip0=192.168.101.1${n}/24 g.waitdisk=2"
END
host_new a && ovs_start a || exit 99
ovs_env a
settings=(-f cluster.yaml --set "image=$ROOST_GUEST/disk.qcow2" --set datapath=netdev --set memory=192M)

# --- the memory of the host (R13) ----------------------------------------------------
exits "more memory than the host has" 4 up -f cluster.yaml --set "image=$ROOST_GUEST/disk.qcow2" \
    --set datapath=netdev --set memory=8T
like "it is summed up" "$err" 'esxi1.*8T.*esxi2.*8T|memory'
ok "and nothing was begun" nothing_left cluster

# --- up ----------------------------------------------------------------------------------
picture a >before
exits "up: both hosts are ready" 0 up "${settings[@]}"
for n in 1 2; do
    serial=$ROOST_STATE_DIR/cluster/logs/esxi$n.serial0.log
    like "esxi$n: its MAC is that of the profile (R12)" "$(grep @NIC "$serial")" "mac=52:54:00:10:01:0$n .*driver=e1000"
    like "esxi$n: boots from the USB disk (R7, R8)" "$(grep '^@DISK' "$serial")" 'path=[^ ]*usb[0-9]'
    like "esxi$n: a disk of 1 TB on AHCI (R6, R9)" "$(grep '^@DISK' "$serial")" 'sectors=2147483648 [^@]*path=[^ ]*/ata[0-9]'
    like "esxi$n: its controller is NEC's" "$(grep '^@PCI' "$serial")" 'id=1033:0194'
    ok "esxi$n: the host reaches it (R10)" pings a 192.168.101.1$n
done
bridge=$(ovs-vsctl --db="unix:$OVS_RUNDIR/db.sock" list-br)
knows() {
    ovs-appctl fdb/show "$bridge" >fdb
    grep -q "252 .*52:54:00:10:01:0$1" fdb
}
ok "the switch knows the first in VLAN 252 (R16)" wait_for 60 knows 1
ok "the switch knows the second in VLAN 252" wait_for 60 knows 2
tell() { # MACHINE LINE
    printf '%s\n' "$2" | timeout 60 ip netns exec "$host" "$ROOST" console "cluster/$1" >/dev/null 2>&1 &
    started $!
}
tell esxi1 'ping -c 30 -W 2 192.168.101.12 | grep -m 1 ttl= && echo @PEER ok'
ok "one reaches the other (R14)" wait_for_line "$ROOST_STATE_DIR/cluster/logs/esxi1.serial0.log" '^@PEER ok' 120
disk_bytes() {
    [ "$(stat -c %b "$ROOST_STATE_DIR/cluster/disks/esxi1.data.qcow2")" -lt 4096 ]
}
ok "1 TB takes next to nothing" disk_bytes

# --- down --------------------------------------------------------------------------------------
exits "down" 0 down cluster --force
ok "down: nothing is left" nothing_left cluster
as_before "down: the network is as it was" a before
