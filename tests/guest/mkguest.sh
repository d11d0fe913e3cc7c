#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mkguest.sh OUTDIR [CACHE]: builds the small real Linux guest from packages of
# the distribution that runs here. Nothing is installed, no root is needed.
#
#   OUTDIR/vmlinux      the kernel as an ELF file (PVH): the fastest to boot
#   OUTDIR/vmlinuz      the same kernel as the distribution ships it
#   OUTDIR/initrd.gz    busybox, ./init, and drivers for what roost can plug in
#   OUTDIR/disk.qcow2   a BIOS-bootable disk with both; it takes its settings
#                       from the fw_cfg file opt/guest/cmdline
#   OUTDIR/stamp        names the packages; written last
#
# Downloaded packages stay in CACHE (default: OUTDIR.packages). OUTDIR appears
# whole or not at all. When something is missing the exit status is 77 and
# OUTDIR.why says in one line what; OUTDIR is then left as it was.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

# NICs, disk controllers, disks, file systems, the rest. What they need comes
# along; what the kernel has built in, or lacks, is passed over.
MODULES="e1000 e1000e vmxnet3 virtio_pci virtio_net 8139cp
    ahci ata_piix nvme virtio_blk virtio_scsi vmw_pvscsi mptspi mptsas sym53c8xx
    xhci_pci ehci_pci usb-storage sd_mod sr_mod
    isofs vfat nls_cp437 nls_ascii nls_iso8859-1 nls_utf8
    8021q qemu_fw_cfg button evdev"

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 1 ]; then
    echo "usage: mkguest.sh OUTDIR [CACHE]" >&2
    exit 2
fi
out=$(realpath -m "$1")
cache=$(realpath -m "${2:-$out.packages}")

# why SENTENCE: the guest cannot be had here.
why() {
    printf '%s\n' "$*" >"$out.why"
    printf 'mkguest: %s\n' "$*" >&2
    exit 77
}

need_programs() {
    local program missing=
    for program in "$@"; do
        command -v "$program" >/dev/null || missing+=" $program"
    done
    [ -z "$missing" ] ||
        why "building the guest needs$missing (./autogen.sh --install-deps installs what is missing)"
}

# --- packages ------------------------------------------------------------------

# The packages with the kernel that the meta package $1 stands for.
debian_kernel() {
    local meta=$1 image
    image=$(apt-cache depends "$meta" 2>/dev/null |
        sed -nE 's/^ *\|?Depends: (linux-image-[0-9].*)/\1/p' | head -n 1)
    [ -n "$image" ] || return 1
    echo "$image"
    # Ubuntu keeps the modules apart.
    apt-cache depends "$meta" "$image" |
        sed -nE 's/^ *\|?Depends: (linux-modules-(extra-)?[0-9].*)/\1/p' | sort -u
}

fetch_debian() {
    local packages package file
    packages=$(debian_kernel linux-image-amd64 || debian_kernel linux-image-generic) ||
        why "apt knows no linux-image-amd64: run 'apt-get update' first"
    cd "$cache"
    for package in $packages busybox-static; do
        # Takes what is there already when it is the right version.
        apt-get -q -o APT::Sandbox::User=root download "$package" >"$work/apt.log" 2>&1 ||
            [ -n "$(compgen -G "${package}_*.deb")" ] ||
            why "downloading $package failed: $(grep -m 1 '^E: ' "$work/apt.log" || tail -n 1 "$work/apt.log")"
        # shellcheck disable=SC2012 # the newest of well-behaved names
        file=$(ls -t "${package}"_*.deb | head -n 1)
        printf '%s\n' "$file" >>"$work/stamp"
        # Some hundred megabytes that no guest of ours can use stay packed.
        dpkg-deb --fsys-tarfile "$file" | tar -x -C "$work/root" --wildcards \
            --exclude='*/drivers/gpu' --exclude='*/drivers/media' --exclude='*/kernel/sound' \
            --exclude='*/drivers/net/wireless' --exclude='*/drivers/infiniband' \
            --exclude='*/drivers/staging' --exclude='*/drivers/iio' --exclude='*/usr/share'
    done
}

fetch_fedora() {
    local file
    need_programs rpm2cpio
    rm -f "$cache"/*.rpm
    dnf -q download --destdir "$cache" --arch x86_64 \
        kernel-core kernel-modules-core kernel-modules busybox >"$work/dnf.log" 2>&1 ||
        why "dnf download failed: $(tail -n 1 "$work/dnf.log")"
    for file in "$cache"/*.rpm; do
        printf '%s\n' "${file##*/}" >>"$work/stamp"
        rpm2cpio "$file" | (cd "$work/root" && cpio -idm --quiet --no-absolute-filenames)
    done
}

fetch_packages() {
    [ "$(uname -m)" = x86_64 ] || why "the guest is built from x86_64 packages, this is $(uname -m)"
    mkdir -p "$cache" "$work/root"
    if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
        (fetch_debian)
    elif command -v dnf >/dev/null; then
        (fetch_fedora)
    else
        why "the guest is built from Debian, Ubuntu or Fedora packages, and neither apt-get nor dnf is here"
    fi
}

# --- the kernel ------------------------------------------------------------------

# number FILE OFFSET SIZE: a little-endian number.
number() {
    od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# unpack_kernel VMLINUZ ELF: the payload is where the boot protocol's header
# says (2.08 and later); its last four bytes are the unpacked size.
unpack_kernel() {
    local offset length magic unpack size
    offset=$((($(number "$1" 497 1) + 1) * 512 + $(number "$1" 584 4)))
    length=$(number "$1" 588 4)
    magic=$(od -A n -t x1 -j "$offset" -N 4 "$1" | tr -d ' ')
    case $magic in
    fd377a58) unpack="xz -dc" ;;
    28b52ffd) unpack="zstd -dc" ;;
    02214c18) unpack="lz4 -dc" ;;
    1f8b*) unpack="gzip -dc" ;;
    7f454c46) unpack="cat" ;;
    *) why "the kernel's payload begins with $magic: no known compression" ;;
    esac
    need_programs "${unpack%% *}"
    size=$(number "$1" $((offset + length - 4)) 4)
    [ "${unpack%% *}" = gzip ] || length=$((length - 4))
    dd if="$1" bs=1M iflag=skip_bytes,count_bytes skip="$offset" count="$length" status=none |
        $unpack >"$2"
    if [ "$(od -A n -t x1 -N 4 "$2" | tr -d ' ')" != 7f454c46 ] || [ "$(stat -c %s "$2")" != "$size" ]; then
        why "unpacking the kernel with ${unpack%% *} gave no ELF file of $size bytes"
    fi
}

make_kernel() {
    local found
    found=$(find "$work/root" -type f \( -name 'vmlinuz-*' -o -name vmlinuz \) | head -n 1)
    [ -n "$found" ] || why "there is no vmlinuz in the kernel package"
    install -m 644 "$found" "$new/vmlinuz"
    unpack_kernel "$new/vmlinuz" "$new/vmlinux"
}

# --- the initial file system ---------------------------------------------------------

# copy_modules FROM VERSION TO: the modules and all that they need, unpacked.
copy_modules() {
    local module file name
    for module in $MODULES; do
        modprobe -d "$1" -S "$2" --show-depends "$module" 2>/dev/null ||
            echo "mkguest: note: this kernel has no module $module" >&2
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
        name=${file##*/}
        case $name in
        *.ko) cp "$file" "$3/$name" ;;
        *.ko.xz) xz -dc "$file" >"$3/${name%.xz}" ;;
        *.ko.zst) zstd -dcq "$file" >"$3/${name%.zst}" ;;
        *.ko.gz) gzip -dc "$file" >"$3/${name%.gz}" ;;
        esac
    done
    ! command -v strip >/dev/null || strip --strip-debug "$3"/*.ko
}

make_initrd() {
    local tree=$work/tree modules version base busybox
    modules=$(find "$work/root" -name modules.order -type f | head -n 1)
    busybox=$(find "$work/root" -name 'busybox*' -path '*bin/*' -type f | head -n 1)
    [ -n "$modules" ] || why "there are no modules in the kernel package"
    [ -n "$busybox" ] || why "there is no busybox in the busybox package"
    modules=${modules%/*} version=${modules##*/} base=${modules%/lib/modules/*}
    depmod -b "$base" "$version"

    mkdir -p "$tree/bin" "$tree/etc" "$tree/lib/modules/$version"
    install -m 755 "$busybox" "$tree/bin/busybox"
    install -m 755 "$here/init" "$tree/init"
    install -m 755 "$here/udhcpc.sh" "$tree/etc/udhcpc.sh"
    ln -s busybox "$tree/bin/sh"
    ln -s bin "$tree/sbin" # the kernel itself calls /sbin/modprobe
    copy_modules "$base" "$version" "$tree/lib/modules/$version"
    cp "$modules"/modules.{order,builtin*} "$tree/lib/modules/$version/"
    depmod -b "$tree" "$version"
    (cd "$tree/lib/modules/$version" && rm -f modules.*.bin modules.{order,builtin*,symbols,softdep,devname,weakdep})

    find "$tree" -exec touch -h -d @0 {} +
    (cd "$tree" && find . | sort | cpio -o -H newc -R 0:0 --reproducible --quiet) | gzip -9n >"$new/initrd.gz"
}

# --- the disk ------------------------------------------------------------------------

make_disk() {
    local raw=$work/disk.raw mib sectors mbr part file
    export MTOOLSRC=/dev/null MTOOLS_SKIP_CHECK=1 SOURCE_DATE_EPOCH=0
    for file in /usr/lib/syslinux/mbr/mbr.bin /usr/share/syslinux/mbr.bin /usr/lib/syslinux/bios/mbr.bin; do
        [ ! -e "$file" ] || mbr=$file
    done
    [ -n "${mbr:-}" ] || why "building the guest's disk needs mbr.bin of syslinux"
    mib=$((($(stat -c %s "$new/vmlinuz") + $(stat -c %s "$new/initrd.gz")) / 1048576 + 16))
    sectors=$(((mib - 1) * 2048))
    truncate -s "${mib}M" "$raw"
    dd if="$mbr" of="$raw" bs=440 count=1 conv=notrunc status=none
    # One active partition from 1 MiB to the end: FAT16, LBA.
    printf -v part '\\x%02x\\x%02x\\x%02x\\x%02x' $((sectors & 255)) $((sectors >> 8 & 255)) \
        $((sectors >> 16 & 255)) $((sectors >> 24))
    printf '%b' "\\x80\\xfe\\xff\\xff\\x0e\\xfe\\xff\\xff\\x00\\x08\\x00\\x00$part" |
        dd of="$raw" bs=1 seek=446 conv=notrunc status=none
    printf '\x55\xaa' | dd of="$raw" bs=1 seek=510 conv=notrunc status=none
    mformat -i "$raw@@1M" -T $sectors -h 64 -s 32 -H 2048 -N 67756573 -v GUEST ::
    cat >"$work/syslinux.cfg" <<END
DEFAULT guest
PROMPT 0
LABEL guest
 KERNEL /vmlinuz
 INITRD /initrd.gz
 APPEND console=ttyS0 quiet
END
    mcopy -i "$raw@@1M" "$new/vmlinuz" "$new/initrd.gz" "$work/syslinux.cfg" ::
    syslinux --install --offset 1048576 "$raw"
    qemu-img convert -f raw -O qcow2 "$raw" "$new/disk.qcow2"
}

mkdir -p "${out%/*}"
rm -f "$out.why"
work=$(mktemp -d "$out.new.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT TERM HUP
new=$work/out
mkdir "$new"
chmod 755 "$work" "$new"

need_programs cpio depmod gzip mcopy mformat modprobe qemu-img syslinux
fetch_packages
make_kernel
make_initrd
make_disk
mv "$work/stamp" "$new/stamp"
[ ! -e "$out" ] || mv "$out" "$work/old"
mv "$new" "$out"
