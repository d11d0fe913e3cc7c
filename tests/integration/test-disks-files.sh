#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost image and the disks of labs on real file systems: btrfs, xfs and ext4 on
# loop mounts. Shared blocks, nocow, a full disk; whose an image is and who uses
# it.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img cmp lsattr filefrag sha256sum
[ "$(id -u)" = 0 ] || skip_all "only root can mount a file system"
plan 57

# file_system TYPE SIZE [OPTION...]: mounts one at $TMP/TYPE; fails where it cannot be had.
file_system() {
    local type=$1 size=$2
    shift 2
    command -v "mkfs.$type" >/dev/null || return 1
    truncate -s "$size" "$TMP/$type.fs"
    "mkfs.$type" -q "$@" "$TMP/$type.fs" >/dev/null 2>&1 || return 1
    mkdir -p "$TMP/$type"
    mount -o loop "$TMP/$type.fs" "$TMP/$type" 2>/dev/null || return 1
    at_exit "umount -l '$TMP/$type'" # a supervisor may still be on its way out
}
has_nocow() { case $(lsattr "$1" | cut -d' ' -f1) in *C*) ;; *) return 1 ;; esac; }
# what is not on the medium yet shares nothing that can be seen
shares() {
    sync -f "$1"
    filefrag -v "$1" | grep -q shared
}
# skip_points N REASON: as many points as there would be.
skip_points() {
    for _ in $(seq "$1"); do skip "$2" "$3"; done
}
head -c 2M /dev/urandom >seed

# --- btrfs: both traps ---

if file_system btrfs 256M; then
    B=$TMP/btrfs
    cp seed "$B/plain.raw"
    : >"$B/nocow.raw"
    chattr +C "$B/nocow.raw"
    cat seed >"$B/nocow.raw"
    exits "btrfs: a reflink" 0 image clone "$B/plain.raw" "$B/a.raw" --mode reflink
    is "is told of no copy" "$err" ""
    ok "shares its blocks" shares "$B/a.raw"
    ok "and is equal" cmp seed "$B/a.raw"
    exits "a reflink of a nocow file, which a plain one would refuse" 0 \
        image clone "$B/nocow.raw" "$B/b.raw" --mode reflink
    ok "shares its blocks" shares "$B/b.raw"
    ok "and has the attribute" has_nocow "$B/b.raw"
    exits "one that is to be nocow of one that is not" 4 \
        image clone "$B/plain.raw" "$B/c.raw" --mode reflink --nocow
    says "is refused with what to do" 'cannot be nocow, because the image is not: leave nocow out'
    ok "and no empty file is left" test ! -e "$B/c.raw" -a ! -e "$B/c.raw.part"
    exits "a copy can be nocow of any image" 0 image clone "$B/plain.raw" "$B/d.raw" --mode copy --nocow
    ok "and is" has_nocow "$B/d.raw"
    exits "as an overlay" 0 image clone "$B/plain.raw" "$B/e.qcow2" --nocow
    ok "and is" has_nocow "$B/e.qcow2"
else
    skip_points 14 "reflinks and nocow on btrfs" "btrfs cannot be had here"
fi

if file_system xfs 400M; then
    X=$TMP/xfs
    cp seed "$X/plain.raw"
    exits "xfs: a reflink" 0 image clone "$X/plain.raw" "$X/a.raw" --mode reflink
    is "is told of no copy" "$err" ""
    ok "shares its blocks" shares "$X/a.raw"
    exits "from another file system" 0 image clone "$TMP/seed" "$X/b.raw" --mode reflink
    says "it is a copy, and that is said" 'note: clone: reflink became a full copy of 2M bytes: the image is on another file system'
else
    skip_points 5 "reflinks on xfs" "xfs cannot be had here"
fi

# --- ext4: no reflinks, and soon no room ---

if file_system ext4 24M; then
    E=$TMP/ext4
    cp seed "$E/plain.raw"
    exits "ext4: a reflink" 0 image clone "$E/plain.raw" "$E/a.raw" --mode reflink
    says "is a copy, and that is said" 'note: clone: reflink became a full copy of 2M bytes: ext4 cannot share blocks'
    ok "and is equal" cmp seed "$E/a.raw"
    exits "nocow is nothing to turn off" 0 image create --nocow "$E/b.qcow2" 1G
    is "and nothing to say" "$err" ""
    head -c 30M /dev/urandom >large.raw
    exits "a copy for which there is no room is not begun" 4 image clone large.raw "$E/large.raw" --mode copy
    says "with what it needs" 'needs 30M bytes, and only .* are free'
    # what is compressed is larger than it looks
    head -c 40M /dev/zero | tr '\0' 'x' >text.raw
    qemu-img convert -c -f raw -O qcow2 text.raw packed.qcow2
    left=$(ls "$E")
    exits "one that grows beyond it while it is made fails" 4 image convert packed.qcow2 "$E/text.raw" --format raw
    says "with why" 'No space left on device'
    is "and leaves nothing" "$(ls "$E")" "$left"
    cat >full.yaml <<END
lab: full
machines:
  m: { memory: 32M, accel: tcg, disks: { a: { image: packed.qcow2, clone: copy, format: raw }, b: { size: 1M } } }
END
    mkdir "$E/s"
    ROOST_STATE_DIR=$E/s r up -f full.yaml --paused
    is "a lab whose disk fills the file system does not come up" "$status" 4
    is "and leaves no disk" "$(ls "$E/s/full/disks" 2>/dev/null | wc -l)" 0
else
    skip_points 12 "copies on a small file system" "ext4 cannot be had here"
fi

# --- whose it is, and who uses it ---

head -c 4M /dev/urandom >mine.raw
cat >own.yaml <<END
lab: own
machines:
  m: { memory: 32M, accel: tcg, disks: { over: { image: mine.raw }, new: { size: 1M }, user: { image: user.raw, clone: none } } }
END
cp mine.raw user.raw
sums=$(sha256sum mine.raw user.raw)
exits "a lab" 0 up -f own.yaml --paused
D=$ROOST_STATE_DIR/own/disks
exits "a disk in use is not deleted" 1 image rm own/m/over
says "and the machine is named" 'over\.qcow2 is in use by machine m of lab own: stop it first'
exits "nor is an image in use resized" 1 image resize "$PWD/user.raw" 8M
says "and the machine is named" 'user\.raw is in use by machine m of lab own'
exits "down keeps the disks" 0 down own --force
is "all of them" "$(ls "$D"/*.qcow2 | wc -l)" 2
exits "the user's image is not deleted" 1 image rm mine.raw
says "because it was not made by roost" 'mine\.raw was not made by roost'
exits "nothing is written into it unasked" 1 image commit "$D/m.over.qcow2"
says "because it was not made by roost" 'mine\.raw was not made by roost: use --force'
exits "list shows a lab's disks when it is down" 0 image list own
like "with whose they are" "$out" 'm\.over\.qcow2 +own/m/over +qcow2 +4M'
exits "an image of roost's own" 0 image create base.qcow2 1M
exits "with a layer on it" 0 image create top.qcow2 --backing base.qcow2
exits "is not deleted from below it" 1 image rm base.qcow2
says "and the layer is named" 'top\.qcow2 stands on .*base\.qcow2'
exits "a layer is written into one of roost's own" 0 image commit top.qcow2
exits "rebased to stand alone" 0 image rebase top.qcow2
exits "grown" 0 image resize top.qcow2 2M
exits "checked" 0 image check top.qcow2
exits "and deleted" 0 image rm top.qcow2 base.qcow2
exits "deleting all disks of a lab wants a yes" 2 down own --delete-disks
exits "with it" 0 down own --delete-disks --yes
is "roost's own are gone" "$(ls "$D")" ""
is "the user's are as they were" "$(sha256sum mine.raw user.raw)" "$sums"
