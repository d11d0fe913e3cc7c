#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mkboot.sh NAME OUT.raw|OUT.qcow2|OUT.iso [boot|count]: a disk of 1 MiB, or a CD
# image, that prints "@BOOTED NAME dl=.." on COM1 when a BIOS boots it. 0.2 s are
# enough to see which disk of a machine was booted. With `count` it counts instead:
# see count.S.
#
# Uses as and ld, which the C compiler needs as well; xorriso for .iso and
# qemu-img for .qcow2.
set -euo pipefail

if [ $# -lt 2 ] || [ $# -gt 3 ] || [ ${#1} -gt 31 ]; then
    echo "usage: mkboot.sh NAME OUT.raw|OUT.qcow2|OUT.iso [boot|count] (a name of at most 31 bytes)" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/mkboot.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

as --32 -o "$work/boot.o" "$here/${3:-boot}.S"
ld -m elf_i386 -Ttext=0x7c00 --oformat=binary -o "$work/boot.bin" "$work/boot.o"
printf '%s\0' "$1" | dd of="$work/boot.bin" bs=1 seek=400 conv=notrunc status=none

case $2 in
*.iso)
    mkdir "$work/iso"
    cp "$work/boot.bin" "$work/iso/"
    xorriso -as mkisofs -quiet -V ROOSTBOOT -o "$work/out" -b boot.bin -no-emul-boot \
        -boot-load-size 1 "$work/iso" 2>"$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    ;;
*.raw | *.qcow2)
    truncate -s 1M "$work/boot.bin"
    qemu-img convert -f raw -O "${2##*.}" "$work/boot.bin" "$work/out"
    ;;
*)
    echo "mkboot.sh: $2: the name must end in .raw, .qcow2 or .iso" >&2
    exit 2
    ;;
esac
cp "$work/out" "$2"
