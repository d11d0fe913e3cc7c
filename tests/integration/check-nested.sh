#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make check-nested`: one level deeper. Two machines of a lab are hypervisors, as
# the two hosts of the ESXi cluster are: Linux with KVM on an emulated AMD
# processor, each of which runs a machine that the other's can ping. A third has
# `nested: false` and no KVM. Takes minutes, so it is no part of `make check`.
#
# The hypervisors start from the small Linux guest; QEMU of this host with its
# libraries, and modules of the guest's kernel from its package, are on a CD.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img xorriso dpkg-deb ldd
need_guest
package=$(ls "$(dirname "$ROOST_GUEST")"/build.packages/linux-image-*.deb 2>/dev/null | head -n 1)
[ -n "$package" ] || skip_all "the package of the guest's kernel is not kept in build.packages"
plan 11

# --- the CD ------------------------------------------------------------------------
cd_of_hypervisor() {
    local qemu library module found
    qemu=$(command -v "$ROOST_QEMU")
    mkdir -p cd/lib cd/modules cd/share
    cp -L "$qemu" cd/qemu
    for library in $(ldd "$qemu" | grep -oE '/[^ ]+'); do
        cp -L "$library" cd/lib/
    done
    for found in /usr/share/qemu /usr/share/seabios; do
        [ ! -d "$found" ] || cp -rL "$found"/{bios-256k.bin,pvh.bin,linuxboot_dma.bin,kvmvapic.bin} cd/share/ 2>/dev/null
    done
    dpkg-deb -x "$package" kernel
    for module in irqbypass ccp kvm kvm-amd llc stp bridge tun; do
        found=$(find kernel -name "$module.ko*" | head -n 1)
        case $found in
        *.xz) xz -dc "$found" >"cd/modules/$module.ko" ;;
        ?*) cp "$found" cd/modules/ ;;
        esac
    done
    rm -rf kernel
    cp "$ROOST_GUEST/vmlinux" "$ROOST_GUEST/initrd.gz" cd/
    cat >cd/go <<'END'
# on the hypervisor: go NUMBER OF-THE-OTHER
cd /mnt/modules
for module in irqbypass ccp kvm kvm-amd; do
    grep -q "^${module/-/_} " /proc/modules || insmod ./$module.ko
done
[ -c /dev/kvm ] && echo @KVM yes || echo @KVM no
[ -c /dev/kvm ] || exit 1
for module in llc stp bridge tun; do
    grep -q "^$module " /proc/modules || insmod ./$module.ko
done
brctl addbr br0
brctl addif br0 eth0
ip link set eth0 promisc on
ip link set eth0 up
ip link set br0 up
cd /
LD_LIBRARY_PATH=/mnt/lib /mnt/lib/ld-linux-x86-64.so.2 /mnt/qemu -L /mnt/share \
    -M pc,graphics=off -accel kvm -cpu host -m 160 -nodefaults -no-user-config -display none \
    -serial stdio -kernel /mnt/vmlinux -initrd /mnt/initrd.gz \
    -append "console=ttyS0 quiet no_timer_check g.name=inner$1 g.ip0=10.77.0.$1/24 g.ping=10.77.0.$2" \
    -netdev tap,id=n,ifname=tap0,script=no,downscript=no \
    -device virtio-net-pci,romfile=,netdev=n,mac=52:54:00:77:00:0$1 </dev/null &
until brctl addif br0 tap0 2>/dev/null; do usleep 100000; done
ip link set tap0 up
END
    xorriso -as mkisofs -quiet -R -V HYPERVISOR -o hypervisor.iso cd && rm -rf cd
}
ok "the CD of the hypervisor" cd_of_hypervisor || exit 1

cat >nested.yaml <<END
lab: nested
switches:
  lan: { type: internal }
templates:
  hypervisor:
    accel: tcg
    memory: 640M
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet no_timer_check g.name=\${machine}
    disks: { cd: { bus: ahci, media: cdrom, image: hypervisor.iso } }
    nics: { lan: { switch: lan } }
    ready: { serial: "^@READY", timeout: 10m }
machines:
  outer[1-2]: { template: hypervisor, nested: true }
  plain: { template: hypervisor, nested: false }
END
serial_of() {
    echo "$ROOST_STATE_DIR/nested/logs/$1.serial0.log"
}
tell() { # MACHINE LINE
    printf '%s\n' "$2" | "$ROOST" console "nested/$1" >/dev/null 2>&1 &
    started $!
}
says_at_last() { # MACHINE REGEX
    wait_for_line "$(serial_of "$1")" "$2" 1200
}
LAB_SECONDS=700
exits "the hypervisors are up" 0 up -f nested.yaml
like "an outer one sees SVM" "$(grep @CPU "$(serial_of outer1)")" 'svm=[1-9]'
like "nested: false takes it away" "$(grep @CPU "$(serial_of plain)")" 'svm=0'
tell plain 'modprobe isofs; mount -t iso9660 -o ro /dev/sr0 /mnt; sh /mnt/go 3 1'
tell outer1 'modprobe isofs; mount -t iso9660 -o ro /dev/sr0 /mnt; sh /mnt/go 1 2'
tell outer2 'modprobe isofs; mount -t iso9660 -o ro /dev/sr0 /mnt; sh /mnt/go 2 1'
ok "nested: false has no KVM" says_at_last plain '^@KVM no'
ok "the first has KVM" says_at_last outer1 '^@KVM yes'
ok "the second has KVM" says_at_last outer2 '^@KVM yes'
ok "the machine inside the first is up" says_at_last outer1 '^@READY name=inner1'
ok "the machine inside the second is up" says_at_last outer2 '^@READY name=inner2'
ok "it reaches the other's" says_at_last outer1 '^@PING dst=10.77.0.2 ok'
ok "and the other way" says_at_last outer2 '^@PING dst=10.77.0.1 ok'
