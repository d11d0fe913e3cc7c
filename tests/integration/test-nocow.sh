#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Images without copy-on-write, on a file system that has it.
# Requirements: R2.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img lsattr
[ "$(id -u)" = 0 ] || skip_all "only root can mount a file system"
need mkfs.btrfs
truncate -s 128M "$TMP/fs" && mkfs.btrfs -q "$TMP/fs" >/dev/null 2>&1 || skip_all "mkfs.btrfs does not work here"
mkdir "$TMP/m"
mount -o loop "$TMP/fs" "$TMP/m" 2>/dev/null || skip_all "btrfs cannot be mounted here"
at_exit "umount -l '$TMP/m'" # a supervisor may still be on its way out
plan 5

has_nocow() {
    case $(lsattr "$1" | cut -d' ' -f1) in *C*) ;; *) return 1 ;; esac
}
exits "an image with nocow" 0 image create --nocow "$TMP/m/a.qcow2" 1G
ok "has the attribute" has_nocow "$TMP/m/a.qcow2"
exits "an image without" 0 image create "$TMP/m/b.raw" 1M --format raw
cat >lab.yaml <<END
lab: nocow
machines:
  m: { memory: 32M, accel: tcg, disks: { data: { bus: ahci, size: 8M } } }
END
export ROOST_STATE_DIR=$TMP/m/s
exits "a lab on such a file system" 0 up -f lab.yaml --paused
ok "its disk has the attribute" has_nocow "$TMP/m/s/nocow/disks/m.data.qcow2"
r down --force nocow
