#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Disks that lie elsewhere than on a local file system: images and everything that
# roost makes of them on one that is mounted over SFTP, which has neither shared
# blocks nor attributes nor nameless files; and block devices, which are used as
# they are.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img qemu-io cmp
[ "$(id -u)" = 0 ] || skip_all "only root can mount a file system and make a block device"
plan 40
skip_points() {
    for _ in $(seq "$1"); do skip "$2" "$3"; done
}
head -c 2M /dev/urandom >seed
truncate -s 8M seed

# remote DIR MOUNTPOINT: what is in DIR, by way of an SFTP server.
remote() {
    local server
    for server in /usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server "${ROOST_SFTP_SERVER:-}"; do
        [ ! -x "$server" ] || break
    done
    [ -x "$server" ] && command -v sshfs socat >/dev/null || return 1
    mkdir -p "$1" "$2"
    socat "EXEC:$server" "EXEC:sshfs -f -o passive \:$1 $2" 2>sshfs.err &
    started $!
    at_exit "umount -l '$2'"
    wait_for 30 mountpoint -q "$2"
}

if remote "$TMP/far" "$TMP/near"; then
    N=$TMP/near
    export ROOST_STATE_DIR=$N/s
    D=$ROOST_STATE_DIR/far/disks
    cp seed "$N/base.raw"
    qemu-img convert -O qcow2 seed "$N/base.qcow2"
    sums=$(sha256sum "$N"/base.*)
    cat >far.yaml <<END2
lab: far
machines:
  m:
    memory: 32M
    accel: tcg
    cloud_init: { keys: [ "ssh-ed25519 AAAA" ] }
    disks:
      over: { bus: virtio, image: $N/base.qcow2 }
      copy: { image: $N/base.raw, clone: copy }
      link: { image: $N/base.raw, clone: reflink }
      fast: { bus: usb, size: 4M, cache: none }
      grow: { bus: ide, size: 4M, format: raw }
END2
    exits "a lab whose disks and images are far away" 0 up -f far.yaml
    ok "a copy is equal" cmp seed "$D/m.copy.raw"
    ok "and what would share blocks" cmp seed "$D/m.link.raw"
    exits "a snapshot" 0 image snapshot m over
    exits "a commit" 0 image commit m over
    exits "the image is seen to be in use" 1 image resize "$N/base.qcow2" 16M
    says "by whom" 'in use by machine m of lab far'
    exits "a stream" 0 image stream m over
    exits "a copy of a disk in use" 0 image backup m over "$N/copy.qcow2"
    ok "is equal" qemu-img compare -f raw -F qcow2 seed "$N/copy.qcow2"
    exits "a checkpoint" 0 checkpoint save here
    exits "and back" 0 checkpoint restore here
    exits "down" 0 down far --force
    sed -i 's/size: 4M, format/size: 6M, format/' far.yaml
    exits "a disk that grows" 0 up -f far.yaml --paused
    kill_supervisor far
    exits "down after the supervisor's death" 0 down far --force
    exits "images by hand" 0 image clone "$N/base.raw" "$N/hand.qcow2"
    exits "converted" 0 image convert "$N/hand.qcow2" "$N/hand.raw" --format raw
    ok "to the same" cmp seed "$N/hand.raw"
    exits "all of it goes" 0 image rm "$N/hand.raw" "$N/hand.qcow2"
    exits "the disks, too" 0 down far --delete-disks --yes
    is "nothing of them is left" "$(ls "$D" 2>/dev/null)" ""
    is "the user's are as they were" "$(sha256sum "$N"/base.*)" "$sums"
    export ROOST_STATE_DIR=$TMP/s
else
    skip_points 22 "disks on another file system" "sshfs with an SFTP server cannot be had here: $(tail -n 1 sshfs.err 2>/dev/null)"
fi

# --- block devices ---

cp seed device.file
if loop=$(losetup --find --show "$TMP/device.file" 2>loop.err); then
    at_exit "losetup -d $loop"
    cat >block.yaml <<END2
lab: block
machines:
  m:
    memory: 32M
    accel: tcg
    disks:
      raw: { bus: virtio, image: $loop, clone: none, format: raw }
END2
    exits "a machine with a block device" 0 up -f block.yaml
    like "has it as one" "$(timeout 60 "$ROOST" argv -f block.yaml m)" "file.driver=host_device,file.filename=$loop"
    timeout 60 "$ROOST" qmp block/m human-monitor-command \
        'command-line=qemu-io -d /machine/peripheral/disk-raw/virtio-backend "write -P 7 4M 64k"' </dev/null >/dev/null
    sed 's/lab: block/lab: other/' block.yaml >other.yaml
    exits "another lab cannot have it" 4 up -f other.yaml
    like "as it is in use" "$err" "$loop.*(in use|machine m of lab block)"
    exits "it is not deleted" 1 image rm "$loop"
    exits "nor resized while it is in use" 1 image resize "$loop" 16M
    exits "it gets no layer" 1 image snapshot m raw
    exits "down" 0 down block --force --delete-disks --yes
    ok "it is there" test -b "$loop"
    ok "with what was written to it" qemu-io -f raw -c 'read -P 7 4M 64k' "$loop"
    sed 's/clone: none/clone: none, size: 16M/' block.yaml >larger.yaml
    r up -f larger.yaml --paused
    ok "it is not made larger" test "$status" != 0
    r down block --force
    sed 's/clone: none, format/image_format/' block.yaml >over.yaml
    exits "an overlay on it" 0 up -f over.yaml --paused
    ok "stands on the device" grep -q "$loop" <(qemu-img info -U "$ROOST_STATE_DIR/block/disks/m.raw.qcow2")
    r down block --force --delete-disks --yes
    sed 's/clone: none, format: raw/clone: copy/' block.yaml >copy.yaml
    exits "a copy of it" 0 up -f copy.yaml --paused
    r down block --force
    ok "is equal" qemu-img compare -f raw "$loop" "$(ls "$ROOST_STATE_DIR"/block/disks/m.raw.* | grep -v json)"
    exits "down" 0 down block --delete-disks --yes
    is "and it is as it was" "$(cmp -n 4194304 "$loop" seed && echo same)" same
else
    skip_points 17 "block devices" "no loop device can be had here: $(cat loop.err)"
fi
ok "no complaint in a log" logs_are_clean
