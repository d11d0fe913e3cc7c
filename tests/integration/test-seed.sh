#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Seeds: the volumes for cloud-init and for installers, byte for byte, made
# again only when what is on them changes.
# Requirements: R20.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need xorriso mcopy
plan 18
D=$ROOST_STATE_DIR/seed/disks
printf '#cloud-config\nhostname: from a file\n' >user-data
printf 'accepteula\ninstall --firstdisk\n' >ks.cfg
cat >lab.yaml <<'END'
lab: seed
machines:
  no:
    memory: 32M
    accel: tcg
    cloud_init:
      user_data: user-data
      network_config: |
        version: 2
        ethernets: {}
  keys:
    memory: 32M
    accel: tcg
    machine: i440fx
    cloud_init: { keys: [ "ssh-ed25519 AAAA: \"me\"" ] }
  drive:
    memory: 32M
    accel: tcg
    cloud_init: { type: config-drive, user_data: user-data }
  ks-cd: { memory: 32M, accel: tcg, kickstart: ks.cfg }
  ks-usb: { memory: 32M, accel: tcg, kickstart: { file: ks.cfg, volume: usb } }
END
# on ISO FILE: prints a file of the volume.
on() {
    rm -f out.file
    xorriso -osirrox on -indev "$1" -extract "$2" out.file >/dev/null 2>&1
    cat out.file
}
label() { xorriso -indev "$1" -pvd_info 2>/dev/null | sed -n "s/^Volume Id *: *//p"; }
exits "machines with seeds come up" 0 up -f lab.yaml --paused
r down seed --force
is "a NoCloud volume is called cidata" "$(label "$D/no.seed.iso")" cidata
ok "user data is what is in the file" cmp user-data <(on "$D/no.seed.iso" /user-data)
is "network configuration is the text" "$(on "$D/no.seed.iso" /network-config)" $'version: 2\nethernets: {}'
is "meta data is made from names" "$(on "$D/no.seed.iso" /meta-data)" $'instance-id: seed-no\nlocal-hostname: no'
is "keys become user data" "$(on "$D/keys.seed.iso" /user-data)" \
    $'#cloud-config\nssh_authorized_keys:\n- "ssh-ed25519 AAAA: \\"me\\""'
is "a config drive is called config-2" "$(label "$D/drive.seed.iso")" config-2
ok "with its user data" cmp user-data <(on "$D/drive.seed.iso" /openstack/latest/user_data)
like "and its meta data" "$(on "$D/drive.seed.iso" /openstack/latest/meta_data.json)" '"hostname": "drive"'
ok "a kickstart file on a CD" cmp ks.cfg <(on "$D/ks-cd.kickstart.iso" /KS.CFG)
ok "and on a USB stick" cmp ks.cfg <(mcopy -i "$D/ks-usb.kickstart.img" ::KS.CFG -)

inodes() { stat -c %i "$D"/*.iso "$D"/*.img; }
before=$(inodes)
r up -f lab.yaml --paused
r down seed --force
is "what does not change is not made again" "$(inodes)" "$before"
echo 'hostname: another' >>user-data
r up -f lab.yaml --paused
r down seed --force
ok "what does is" cmp user-data <(on "$D/no.seed.iso" /user-data)
is "nothing half made is left" "$(ls "$D" | grep -cE 'part|files')" 0
rm user-data
exits "a file that is gone is refused" 3 up -f lab.yaml --paused
says "and named" 'user-data: No such file'

if [ -e "$ROOST_GUEST/stamp" ]; then
    printf '#cloud-config\n# \xc3\xa4 \\ "$x"\n' >user-data
    cat >guest.yaml <<END
lab: seen
machines:
  m:
    memory: 192M
    accel: tcg
    kernel: $ROOST_GUEST/vmlinux
    initrd: $ROOST_GUEST/initrd.gz
    append: console=ttyS0 quiet
    cloud_init: { user_data: user-data }
END
    exits "a guest with a seed" 0 up -f guest.yaml --no-wait
    log=$ROOST_STATE_DIR/seen/logs/m.serial0.log
    wait_for_line "$log" '@READY' 240 >/dev/null
    echo 'mkdir -p /mnt; mount -t iso9660 -o ro /dev/sr0 /mnt; md5sum /mnt/user-data' |
        timeout 60 "$ROOST" console m >/dev/null 2>&1
    ok "sees it byte for byte" wait_for_line "$log" "^$(md5sum <user-data | cut -d' ' -f1)  /mnt/user-data" 120
else
    skip "a guest with a seed" "there is no Linux guest"
    skip "sees it byte for byte" "there is no Linux guest"
fi
