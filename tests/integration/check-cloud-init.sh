#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make check-cloud-init: a system of the distribution's packages, with its
# cloud-init, boots with the seed that roost makes and does what is in it: host
# name, a file, a static address by MAC, a command; and the volume is there byte
# for byte. Takes minutes and downloads about 200 MB. ROOST_CLOUD_ROOT=DIR is a
# folder that such a system was or will be put into, and stays.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need debootstrap mke2fs qemu-img md5sum
[ "$(id -u)" = 0 ] || skip_all "only root can make a root file system"
LAB_SECONDS=1200
ROOT=${ROOST_CLOUD_ROOT:-$TMP/root}
PACKAGES=systemd,systemd-sysv,udev,dbus,cloud-init,python3-cffi-backend,iproute2,ifupdown,netbase,linux-image-amd64,initramfs-tools,zstd
if [ ! -e "$ROOT/.whole" ]; then
    note "making the system"
    debootstrap --variant=minbase --include="$PACKAGES" "${ROOST_CLOUD_SUITE:-bookworm}" "$ROOT" \
        "${ROOST_CLOUD_MIRROR:-http://deb.debian.org/debian}" >debootstrap.log 2>&1 || {
        tail -n 5 debootstrap.log
        skip_all "debootstrap cannot make a system here"
    }
    rm -rf "$ROOT"/var/cache/apt/*.bin "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/usr/share/doc
    touch "$ROOT/.whole"
fi
plan 10

cp "$ROOT"/boot/vmlinuz-* vmlinuz
cp "$ROOT"/boot/initrd.img-* initrd
mke2fs -q -t ext4 -L root -d "$ROOT" root.raw 2G
cat >user-data <<'END2'
#cloud-config
fqdn: from-the-seed.example
write_files:
- path: /etc/seeded
  content: "it's in the \"seed\""
runcmd:
- mkdir -p /run/seed
- mount -o ro /dev/disk/by-label/cidata /run/seed
- |
  for f in user-data meta-data network-config; do
      echo "@SUM $f $(md5sum <"/run/seed/$f" | cut -d' ' -f1)"
  done >/dev/ttyS0
- echo "@FILE $(cat /etc/seeded)" >/dev/ttyS0
- echo "@NAME $(hostname)" >/dev/ttyS0
- echo "@ADDRESS $(ip -4 -o addr show to 10.0.2.77)" >/dev/ttyS0
- echo "@INSTANCE $(cat /var/lib/cloud/data/instance-id)" >/dev/ttyS0
final_message: "@FINAL $datasource"
END2
cat >network <<'END2'
version: 2
ethernets:
  any:
    match: { macaddress: "02:00:00:00:00:77" }
    addresses: [10.0.2.77/24]
    gateway4: 10.0.2.2
END2
cat >lab.yaml <<END2
lab: cloud
machines:
  m:
    memory: 1G
    smp: 2
    accel: tcg
    kernel: vmlinuz
    initrd: initrd
    append: root=/dev/vda rw console=ttyS0
    disks: { root: { bus: virtio, image: root.raw } }
    nics: { net: { switch: user, mac: "02:00:00:00:00:77" } }
    cloud_init: { user_data: user-data, network_config: network }
    ready: { serial: "@FINAL", timeout: 19m }
END2
LOG=$ROOST_STATE_DIR/cloud/logs/m.serial0.log
SEED=$ROOST_STATE_DIR/cloud/disks/m.seed.iso
begin=$(now_ms)
exits "a system with cloud-init comes up" 0 up -f lab.yaml
note "from up to the end of cloud-init: $((($(now_ms) - begin) / 1000)) s"
said() { tr -d '\r' <"$LOG" | sed -n "s/.*@$1 //p" | head -n 1; }
sum_of() { tr -d '\r' <"$LOG" | sed -n "s/.*@SUM $1 //p" | head -n 1; }
like "it found the volume" "$(said FINAL)" 'DataSourceNoCloud .*seed=/dev/'
is "user data is there byte for byte" "$(sum_of user-data)" "$(md5sum <user-data | cut -d' ' -f1)"
is "and the network's configuration" "$(sum_of network-config)" "$(md5sum <network | cut -d' ' -f1)"
is "and meta data" "$(sum_of meta-data)" "$(
    xorriso -osirrox on -indev "$SEED" -extract /meta-data meta >/dev/null 2>&1
    md5sum <meta | cut -d' ' -f1)"
is "a file was written" "$(said FILE)" "it's in the \"seed\""
is "the machine has its name" "$(said NAME)" from-the-seed
is "and its instance" "$(said INSTANCE)" cloud-m
like "and its address" "$(said ADDRESS)" 'inet 10\.0\.2\.77/24'
exits "down" 0 down cloud --force --delete-disks --yes
