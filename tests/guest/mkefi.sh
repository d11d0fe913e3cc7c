#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mkefi.sh NAME OUT.raw: a disk of 36 MiB (sparse) that prints "@EFIBOOTED NAME
# n=1" on COM1 when a UEFI firmware boots it; n is how often that happened on
# this machine, which the firmware remembers. Uses as, ld and mtools.
set -euo pipefail

if [ $# -ne 2 ] || [ ${#1} -gt 31 ]; then
    echo "usage: mkefi.sh NAME OUT.raw (a name of at most 31 bytes)" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/mkefi.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

as --64 -o "$work/boot.o" "$here/bootefi.S"
ld -m elf_x86_64 -Ttext=0 --oformat=binary -o "$work/boot.efi" "$work/boot.o"
printf '%s\0' "$1" | dd of="$work/boot.efi" bs=1 seek=1280 conv=notrunc status=none

truncate -s 36M "$work/disk"
# one partition, of the kind that firmware looks for, from the first MiB on
printf '\x80\xfe\xff\xff\xef\xfe\xff\xff\x00\x08\x00\x00\x00\x18\x01\x00' |
    dd of="$work/disk" bs=1 seek=446 conv=notrunc status=none
printf '\x55\xaa' | dd of="$work/disk" bs=1 seek=510 conv=notrunc status=none
mformat -i "$work/disk@@1M" -T 71680 -h 64 -s 32 -v ESP ::
mmd -i "$work/disk@@1M" ::EFI ::EFI/BOOT
mcopy -i "$work/disk@@1M" "$work/boot.efi" ::EFI/BOOT/BOOTX64.EFI
cp --sparse=always "$work/disk" "$2"
