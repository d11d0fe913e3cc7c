#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Disks of machines that run: a new layer that every later start opens, also
# after the supervisor died; a drive with another medium.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img qemu-io
plan 37
D=$ROOST_STATE_DIR/live/disks
truncate -s 1M cd.iso other.iso user.raw
cat >lab.yaml <<'END'
lab: live
machines:
  m:
    memory: 32M
    accel: tcg
    disks:
      data: { bus: virtio, size: 8M, iops: 1000 }
      raw: { bus: usb, size: 8M, format: raw }
      cd: { bus: ide, media: cdrom, image: cd.iso }
      user: { image: user.raw, clone: none }
END
# layer DISK: the file to which the machine writes.
layer() {
    timeout 60 "$ROOST" argv -f lab.yaml m | grep "node-name=drive-$1," | sed 's/.*file.filename=//; s/[, ].*//'
}
is_open() { ls -l "/proc/$(field live m pid)/fd" | grep -qF -- "-> $1"; }
exits "a lab" 0 up -f lab.yaml --paused
exits "a snapshot of a running machine's disk" 0 image snapshot m data
is "tells the file of the new layer" "$out" "$D/m.data.1.qcow2"
ok "which the machine has open" is_open "$D/m.data.1.qcow2"
is "argv shows it" "$(layer data)" "$D/m.data.1.qcow2"
exits "another, over a raw disk" 0 image snapshot m raw
ok "which the machine has open" is_open "$D/m.raw.1.qcow2"
exits "and one over the first" 0 image snapshot m data
is "each with a name of its own" "$out" "$D/m.data.2.qcow2"
exits "none over a file of the user's" 1 image snapshot m user
says "because it is the user's" "disk user: its file is the user's own"

# --- snapshots that fail leave no layer ---

data() { grep -o '"m\.data[^"]*"' "$D/m.data.json" | xargs; ls "$D" | grep -c 'm\.data\.'; }
before=$(data)
ready() { timeout 60 "$ROOST" qmp live/m query-block-jobs </dev/null | grep -q '"ready": *true'; }
timeout 60 "$ROOST" qmp live/m block-commit job-id=mine device=limited-data </dev/null >/dev/null
ok "a job of somebody else's" wait_for 60 ready
exits "the emulator refuses one" 5 image snapshot m data
is "and the disk has the layers that it had" "$(data)" "$before"
timeout 60 "$ROOST" qmp live/m block-job-cancel device=mine force=true </dev/null >/dev/null
kill_supervisor live
qemu-img create -q -u -f qcow2 -b "$D/m.data.2.qcow2" -F qcow2 "$D/m.data.3.qcow2" 8M
cp "$D/m.data.json" book
sed -i "/m.data.2.qcow2/,/}/{s/}/},{\"name\":\"m.data.3.qcow2\",\"format\":\"qcow2\",\"inode\":$(stat -c %i "$D/m.data.3.qcow2")}/}" "$D/m.data.json"
ok "the supervisor dies before a layer is used" grep -q 'm.data.3' "$D/m.data.json"
r status live
ok "the next one drops it" wait_for 60 test ! -e "$D/m.data.3.qcow2"
is "and the disk has the layers that it had" "$(data)" "$before"

kill -KILL "$(supervisor_pid live)"
exits "after the supervisor's death the machine stops" 0 stop m --force
exits "and starts" 0 start m --paused
ok "with the newest layer" is_open "$D/m.data.2.qcow2"
exits "a medium is changed" 0 media insert m cd other.iso
ok "and is in the drive" is_open "$PWD/other.iso"
exits "and taken out" 0 media eject m cd
ok "so that nobody has it open" test -z "$(ls -l "/proc/$(field live m pid)/fd" | grep other.iso)"
exits "a drive that is not there" 1 media eject m none
r down live --force
qemu-io -f qcow2 -c 'write -P 7 0 64k' "$D/m.data.2.qcow2" >/dev/null
exits "a later up" 0 up -f lab.yaml --paused
ok "opens the newest layer" is_open "$D/m.data.2.qcow2"
exits "a copy while the machine has it" 0 image backup m data copy.qcow2
ok "has what the disk had" qemu-io -f qcow2 -c 'read -P 7 0 64k' copy.qcow2
ok "stands alone" bash -c "! qemu-img info -U copy.qcow2 | grep -q backing"
ok "and nobody has it open" bash -c "! ls -l /proc/$(field live m pid)/fd | grep copy"
exits "what is there already is left alone" 1 image backup m data copy.qcow2
exits "a copy of a file of the user's" 0 image backup m user copied.qcow2
exits "a layer below it is not committed" 1 image commit "$D/m.data.1.qcow2"
r down live --force
exits "the newest is, when the lab is down" 0 image commit "$D/m.data.2.qcow2"
ok "and its content is in the layer below" qemu-io -f qcow2 -c 'read -P 7 0 64k' "$D/m.data.1.qcow2"
r down live --delete-disks --yes
is "all layers go with the disks" "$(ls "$D")" ""
