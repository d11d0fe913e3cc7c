#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make check-nested`: one level deeper. The two hosts of the shipped ESXi cluster are
# Linux with KVM on an emulated AMD processor: they boot from USB, are in VLAN 252 of
# Open vSwitch with its datapath in user space, and each runs a machine that the
# other's and the host can ping (R14). A third has `nested: false` and no KVM. Takes
# minutes, so it is no part of `make check`.
#
# The hypervisors start from the disk of the small Linux guest; QEMU of this host with
# its libraries, and modules of the guest's kernel from its package, are on a CD.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"

need "$ROOST_QEMU" qemu-img xorriso dpkg-deb ldd
need_namespaces
need_ovs
need_guest
package=$(ls "$(dirname "$ROOST_GUEST")"/build.packages/linux-image-*.deb 2>/dev/null | head -n 1)
[ -n "$package" ] || skip_all "the package of the guest's kernel is not kept in build.packages"
plan 18

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
# on the hypervisor: go NUMBER
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
mkfifo /in # what is written there is typed on the inner machine's console
LD_LIBRARY_PATH=/mnt/lib /mnt/lib/ld-linux-x86-64.so.2 /mnt/qemu -L /mnt/share \
    -M pc,graphics=off -accel kvm -cpu host -m 160 -nodefaults -no-user-config -display none \
    -serial stdio -kernel /mnt/vmlinux -initrd /mnt/initrd.gz \
    -append "console=ttyS0 quiet no_timer_check g.name=inner$1 g.ip0=192.168.101.2$1/24" \
    -netdev tap,id=n,ifname=tap0,script=no,downscript=no \
    -device virtio-net-pci,romfile=,netdev=n,mac=52:54:00:77:00:0$1 <>/in &
until brctl addif br0 tap0 2>/dev/null; do usleep 100000; done
ip link set tap0 up
END
    xorriso -as mkisofs -quiet -R -V HYPERVISOR -o hypervisor.iso cd && rm -rf cd
}
ok "the CD of the hypervisor" cd_of_hypervisor || exit 1

# The shipped profile, and what a Linux in place of ESXi needs besides.
cat >nested.yaml <<'END'
lab: nested
include: [esxi-cluster.yaml]
templates:
  plain:
    accel: tcg
    nested: false
    memory: ${memory}
    disks: { boot: { bus: usb, image: "${image}" }, cd: { bus: ahci, media: cdrom, image: hypervisor.iso } }
    nics: { lan: { switch: lan, vlan: 252, model: e1000 } }
    ready: { serial: "^@READY", timeout: 10m }
    args: [ -fw_cfg, "name=opt/guest/cmdline,string=g.name=plain" ]
machines:
  esxi[1-2]:
    accel: tcg
    smp: 1
    video: none
    display: none
    disks: { cd: { bus: ahci, media: cdrom, image: hypervisor.iso } }
    ready: { screen_stable: null, serial: "^@READY", timeout: 10m }
    args:
      - -fw_cfg
      - "name=opt/guest/cmdline,string=g.name=${machine} g.ip0=192.168.101.1${n}/24 g.waitdisk=3"
  plain: { template: plain }
END
host_new a && ovs_start a || exit 99
ovs_env a
picture a >before
settings=(-f nested.yaml --set "image=$ROOST_GUEST/disk.qcow2" --set datapath=netdev --set memory=640M)
serial_of() {
    echo "$ROOST_STATE_DIR/nested/logs/$1.serial0.log"
}
declare -A console # of each machine, which only one may have
tell() { # MACHINE LINE
    [ -z "${console[$1]-}" ] || kill "${console[$1]}"
    ip netns exec "$host" "$ROOST" console "nested/$1" <<<"$2" >/dev/null 2>&1 &
    console[$1]=$!
    started $!
}
says_at_last() { # MACHINE REGEX
    wait_for_line "$(serial_of "$1")" "$2" 1200
}
reach() { # HYPERVISOR ADDRESS: what its inner machine is to try
    tell "$1" "echo 'ping -c 3 -w 60 $2 >/dev/null && echo @REACHED $2' >/in"
}
LAB_SECONDS=700
exits "the hypervisors are up" 0 up "${settings[@]}"
like "one of them sees SVM" "$(grep @CPU "$(serial_of esxi1)")" 'svm=[1-9]'
like "nested: false takes it away" "$(grep @CPU "$(serial_of plain)")" 'svm=0'
tell plain 'modprobe isofs; mount -t iso9660 -o ro /dev/sr0 /mnt; sh /mnt/go 3'
tell esxi1 'modprobe isofs; mount -t iso9660 -o ro /dev/sr0 /mnt; sh /mnt/go 1'
tell esxi2 'modprobe isofs; mount -t iso9660 -o ro /dev/sr0 /mnt; sh /mnt/go 2'
ok "nested: false has no KVM" says_at_last plain '^@KVM no'
ok "the first has KVM" says_at_last esxi1 '^@KVM yes'
ok "the second has KVM" says_at_last esxi2 '^@KVM yes'
ok "the machine inside the first is up" says_at_last esxi1 '^@READY name=inner1'
ok "the machine inside the second is up" says_at_last esxi2 '^@READY name=inner2'
reach esxi1 192.168.101.22
ok "it reaches the other's" says_at_last esxi1 '^@REACHED 192.168.101.22'
reach esxi2 192.168.101.21
ok "and the other way" says_at_last esxi2 '^@REACHED 192.168.101.21'
ok "the host reaches the one" pings a 192.168.101.21
ok "and the other" pings a 192.168.101.22
bridge=$(ovs-vsctl --db="unix:$OVS_RUNDIR/db.sock" list-br)
ovs-appctl fdb/show "$bridge" >fdb
like "the switch knows the machines inside in VLAN 252" "$(cat fdb)" '252 .*52:54:00:77:00:0[12].*252 .*52:54:00:77:00:0[12]'
like "each hypervisor boots from USB" "$(grep -h '^@DISK' "$(serial_of esxi1)")" 'path=[^ ]*usb[0-9]'
exits "down" 0 down nested --force
ok "nothing is left" nothing_left nested
as_before "the network is as it was" a before
[ -z "$tap_failed" ] # it is run by itself
