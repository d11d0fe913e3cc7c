#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Part of `make check-nested`: networks that a kernel may lack (Open vSwitch's
# datapath, bridges that filter VLANs, gre, netem, vhost-net), in a machine whose
# kernel has them all: that of the small Linux guest, with modules from its package.
# The machine shows this host's files, as they are and without writing, by 9p; so
# what is tested is what is built and installed here. The tests proper are in
# nested-net.sh, which runs in there and starts machines of its own with KVM.
# Takes minutes, so it is no part of `make check`.
if [ -z "${LAB_DEADLINE:-}" ]; then
    LAB_DEADLINE=1 exec timeout --foreground -k 30 "${ROOST_TEST_DEADLINE:-3600}" bash "$0" "$@"
fi
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
need "$ROOST_QEMU" ip ping tc tcpdump dpkg-deb cpio depmod modprobe ovs-vswitchd ovs-vsctl
need_guest
[ "$(id -u)" = 0 ] || skip_all "the host's files are shown to the machine as root reads them"
package=$(ls "$(dirname "$ROOST_GUEST")"/build.packages/linux-image-*.deb 2>/dev/null | head -n 1)
[ -n "$package" ] || skip_all "the package of the guest's kernel is not kept in build.packages"
"$ROOST_QEMU" -device help 2>/dev/null | grep -q virtio-9p-pci || skip_all "this QEMU has no 9p"
cd "$TMP" || exit 99

bail() {
    echo "Bail out! $1"
    exit 99
}

# The modules that are asked for by name, with all that they need; those for 9p go
# into the initial file system, as the others come by it.
kernel_modules() {
    local release module
    mkdir kernel extra
    dpkg-deb --fsys-tarfile "$package" | tar -x -C kernel --wildcards \
        './lib/modules/*/modules.*' './lib/modules/*/kernel/net/*' './lib/modules/*/kernel/fs/*' \
        './lib/modules/*/kernel/drivers/net/*.ko*' './lib/modules/*/kernel/drivers/vhost/*' \
        './lib/modules/*/kernel/drivers/crypto/ccp/*' './lib/modules/*/kernel/arch/*' \
        './lib/modules/*/kernel/virt/*' './lib/modules/*/kernel/lib/*' './lib/modules/*/kernel/crypto/*'
    release=$(ls kernel/lib/modules)
    depmod -b kernel "$release"
    for module in 9p 9pnet_virtio; do
        modprobe -d kernel -S "$release" --show-depends "$module" || return 1
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >order
    while read -r module; do
        cp "$module" extra/ && echo "insmod /extra/${module##*/}"
    done <order >extra/load
}

# enter: what is typed at the machine's console. Nothing of the host can be written.
initial_files() {
    cat >extra/enter <<END
. /extra/load
mkdir /host
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 host /host
for folder in tmp run mnt var/tmp; do mount -t tmpfs tmpfs /host/\$folder; done
for folder in src build guest kernel; do
    mkdir /host/mnt/\$folder
    mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 \$folder /host/mnt/\$folder
done
for folder in proc sys dev; do mount -o bind /\$folder /host/\$folder; done
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
mount -t devpts devpts /host/dev/pts
mount -t tmpfs tmpfs /host/dev/shm
exec chroot /host /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp \
    TMPDIR=/tmp LC_ALL=C ROOST_SRCDIR=/mnt/src ROOST_BUILDDIR=/mnt/build ROOST_GUEST=/mnt/guest \
    ROOST=/mnt/build/src/roost ROOST_PROFILES=/mnt/src/profiles ROOST_TEST_DEADLINE=3600 ROOST_TEST_KERNEL=/mnt/kernel \
    bash /mnt/src/tests/integration/nested-net.sh >/dev/ttyS1 2>&1
END
    find extra | cpio -o -H newc -R 0:0 --quiet | gzip -1 | cat "$ROOST_GUEST/initrd.gz" - >initrd.gz
}

share() { # TAG FOLDER
    fs+=(-fsdev "local,id=$1,path=$2,security_model=none,readonly=on,multidevs=remap"
        -device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}

kernel_modules >modules.log 2>&1 || bail "the modules of the kernel: $(tail -n 3 modules.log)"
initial_files || bail "the initial file system cannot be made"
fs=()
share host /
share src "$(realpath "$ROOST_SRCDIR")"
share build "$(realpath "$ROOST_BUILDDIR")"
share guest "$(realpath "$ROOST_GUEST")"
share kernel "$TMP/kernel"
touch said
vm_start outer -M q35 -cpu max -smp 2 -m 1536 -kernel "$ROOST_GUEST/vmlinux" -initrd initrd.gz \
    -append "console=ttyS0 quiet no_timer_check g.name=outer" -serial "file:$TMP/said" "${fs[@]}"
vm_line outer '^@READY' 300 >ready || bail "the machine did not come up: $(<ready)"
vm_type outer "sh /extra/enter; echo @LEFT >/dev/ttyS1"

# What it says is what this test says, line by line.
exec {said}< <(exec tail -n +1 -s 0.2 -F -- said 2>/dev/null)
started $!
bad=0
while IFS= read -r -u "$said" -t 3000 line; do
    line=${line%$'\r'}
    case $line in
    @LEFT*) exit "$bad" ;;
    'not ok '*) bad=1 ;;
    esac
    printf '%s\n' "$line"
done
bail "the machine said nothing for 50 minutes: $(tail -n 5 outer.serial)"
