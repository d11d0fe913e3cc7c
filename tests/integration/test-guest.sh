#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The guests themselves, with plain QEMU: what every test that uses them may
# take for granted.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

need "$ROOST_QEMU" qemu-img curl
need_guest
plan 20

# The user network gives out the same address to each.
user_net=(-netdev "user,id=n0,hostfwd=tcp:127.0.0.1:0-:80" -device "e1000,netdev=n0")

# power_off NAME: the power button ends the machine in good order.
power_off() {
    vm_qmp "$1" off system_powerdown >/dev/null &&
        vm_line "$1" '^@POWEROFF' 20 &&
        wait_for_exit "${vm_pids[$1]}" 20
}

# --- q35, kernel and initrd given to QEMU, settings on the command line ----------
qemu-img create -q -f raw "$TMP/data.raw" 8M
printf 'DATA-DISK-1' | dd of="$TMP/data.raw" conv=notrunc status=none
vm_start direct -M q35 -m 192 -uuid 0d1e2f30-0000-4000-8000-00000000cafe "${user_net[@]}" \
    -kernel "$ROOST_GUEST/vmlinux" -initrd "$ROOST_GUEST/initrd.gz" \
    -append "console=ttyS0 quiet g.name=direct g.ip0=dhcp g.ping=10.0.2.2 g.waitdisk=1" \
    -drive "file=$TMP/data.raw,format=raw,if=none,id=d0" -device ide-hd,drive=d0,bus=ide.1
ok "q35, direct: READY" vm_line direct '^@READY name=direct' 90
ok "q35, direct: the UUID is told" vm_line direct '^@DMI .*uuid=0d1e2f30-0000-4000-8000-00000000cafe' 1
ok "q35, direct: the NIC has its driver" vm_line direct '^@NIC name=eth0 mac=52:54:00:12:34:56 driver=e1000' 1
ok "q35, direct: the lease" vm_line direct '^@ADDR name=eth0 10\.0\.2\.15/24$' 1
ok "q35, direct: the AHCI disk's first bytes" vm_line direct '^@DISK name=sda sectors=16384 .*head=DATA-DISK-1 ' 1
ok "q35, direct: a ping is answered" vm_line direct '^@PING dst=10\.0\.2\.2 ok$' 60
port=$(vm_port direct 80)
is "q35, direct: the web server" "$(http_get "http://127.0.0.1:$port/" 20)" direct
is "q35, direct: /mac" "$(http_get "http://127.0.0.1:$port/mac" 20)" 52:54:00:12:34:56
is "q35, direct: /peers" "$(http_get "http://127.0.0.1:$port/peers" 20)" "ping 10.0.2.2 ok"
vm_type direct 'echo two; (exit 3)'
ok "q35, direct: the console runs a line" vm_line direct '^two$' 20
ok "q35, direct: the console tells the status" vm_line direct '^@RC 3$' 20
ok "q35, direct: the power button" power_off direct

# --- the disk, settings through fw_cfg --------------------------------------------
# boot_disk NAME MEMORY-AND-DISK-ARGS...
boot_disk() {
    local name=$1
    shift
    qemu-img create -q -f qcow2 -F qcow2 -b "$ROOST_GUEST/disk.qcow2" "$TMP/$name.qcow2"
    vm_start "$name" -m 192 "${user_net[@]}" -fw_cfg "name=opt/guest/cmdline,string=g.name=$name g.ip0=dhcp" \
        -drive "file=$TMP/$name.qcow2,format=qcow2,if=none,id=d0" "$@"
}
boot_disk usb -M q35 -device nec-usb-xhci,id=xhci -device usb-storage,bus=xhci.0,drive=d0,bootindex=1
boot_disk ide -M pc -device ide-hd,drive=d0,bus=ide.0,bootindex=1
for name in usb ide; do
    ok "$name disk: READY" vm_line "$name" "^@READY name=$name" 120
    is "$name disk: the web server" "$(http_get "http://127.0.0.1:$(vm_port "$name" 80)/" 20)" "$name"
    ok "$name disk: the power button" power_off "$name"
done

# --- the boot-sector guest ------------------------------------------------------------
boot_sector() {
    "$ROOST_SRCDIR/tests/guest/mkboot.sh" here "$TMP/here.raw" &&
        vm_start sector -M q35 -m 32 -drive "file=$TMP/here.raw,format=raw,if=none,id=d0" \
            -device ide-hd,drive=d0,bus=ide.0,bootindex=1
}
boot_sector || note "mkboot.sh failed"
ok "boot sector: says its name and drive" vm_line sector '^@BOOTED here dl=80$' 20
long_name() {
    ! "$ROOST_SRCDIR/tests/guest/mkboot.sh" "$(printf '%032d' 0)" "$TMP/long.raw"
}
ok "boot sector: a name that does not fit is refused" long_name
