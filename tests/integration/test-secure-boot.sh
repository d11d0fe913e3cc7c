#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Secure Boot: the firmware with keys in it refuses a loader that nobody has signed
# and goes on to the distribution's signed one, while plain UEFI takes the first.
# The signed loader is that of shim-signed and grub-efi-amd64-signed, installed or
# unpacked in ROOST_SIGNED.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img as ld mformat
SHIM=${ROOST_SIGNED:-}/usr/lib/shim/shimx64.efi.signed
GRUB=${ROOST_SIGNED:-}/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed
"$ROOST_SRCDIR/tests/guest/mkefi.sh" unsigned unsigned.raw || skip_all "an EFI application cannot be made here"
lab() {
    cat >lab.yaml <<END2
lab: secure
machines:
  m:
    machine: q35
    memory: 256M
    accel: tcg
    firmware: $1
    disks:
      unsigned: { bus: ahci, image: unsigned.raw, bootindex: 1 }
      signed: { bus: virtio, image: signed.raw, bootindex: 2 }
END2
}
truncate -s 1M signed.raw
lab uefi-secure
r check lab.yaml
case $err in *"this host has no uefi-secure firmware"*) skip_all "no firmware for Secure Boot is installed" ;; esac
LOG=$ROOST_STATE_DIR/secure/logs/m.serial0.log
plan 7

# signed_disk OUT: the ESP of $ROOST_SRCDIR/tests/guest/mkefi.sh, with the distribution's loader.
signed_disk() {
    cp unsigned.raw "$1"
    printf '%s\n' 'serial --unit=0' 'terminal_output serial' 'echo "@SIGNED $grub_platform lockdown=$lockdown"' 'echo "@END"' \
        >grub.cfg
    mdel -i "$1@@1M" ::EFI/BOOT/BOOTX64.EFI &&
        mcopy -i "$1@@1M" "$SHIM" ::EFI/BOOT/BOOTX64.EFI &&
        mcopy -i "$1@@1M" "$GRUB" ::EFI/BOOT/grubx64.efi &&
        mmd -i "$1@@1M" ::EFI/debian &&
        mcopy -i "$1@@1M" grub.cfg ::EFI/debian/grub.cfg
}
[ ! -e "$SHIM" ] || [ ! -e "$GRUB" ] || signed_disk signed.raw || exit 99
exits "a machine with Secure Boot comes up" 0 up -f lab.yaml
ok "and refuses a loader that nobody has signed" wait_for_line "$LOG" 'BdsDxe: failed to (load|start).*(Access Denied|Security Violation)' 180
if [ -e "$SHIM" ] && [ -e "$GRUB" ]; then
    ok "it takes the signed one on the next disk" wait_for_line "$LOG" '@SIGNED efi' 180
else
    skip "it takes a signed one" "shim-signed and grub-efi-amd64-signed are not installed"
fi
ok "the unsigned one has not run" bash -c "! grep -q EFIBOOTED '$LOG'"
r down secure --force --delete-disks --yes
lab uefi
exits "the same machine without it" 0 up -f lab.yaml
ok "takes the unsigned one" wait_for_line "$LOG" '@EFIBOOTED unsigned' 180
sed -i 's/q35/pc/; s/firmware: uefi/firmware: uefi-secure/' lab.yaml
exits "a machine that cannot protect the variables is refused" 3 check lab.yaml
