#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# UEFI firmware: found on the host, boots the disk that comes first, and keeps a
# machine's variables over a restart until it is told to forget them.
# Requirements: R20.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need qemu-img as ld mformat
cat >lab.yaml <<'END'
lab: efi
machines:
  m:
    memory: 128M
    accel: tcg
    firmware: uefi
    disks:
      first: { bus: virtio, image: first.raw, bootindex: 2 }
      second: { bus: ahci, image: second.raw, bootindex: 1 }
END
"$ROOST_SRCDIR/tests/guest/mkefi.sh" first first.raw || skip_all "an EFI application cannot be made here"
"$ROOST_SRCDIR/tests/guest/mkefi.sh" second second.raw
r check lab.yaml
case $err in *"this host has no uefi firmware"*) skip_all "no UEFI firmware is installed" ;; esac
plan 13

D=$ROOST_STATE_DIR/efi/disks
LOG=$ROOST_STATE_DIR/efi/logs/m.serial0.log
vars=$D/m.uefi.vars.raw
exits "a machine with UEFI firmware comes up" 0 up -f lab.yaml
ok "and boots the disk with the lowest bootindex" wait_for_line "$LOG" '@EFIBOOTED second n=1' 180
ok "it has a store of variables of its own" test -s "$vars"
exits "it stops" 0 stop m --force
exits "and starts again" 0 start m
ok "its variables are as it left them" wait_for_line "$LOG" '@EFIBOOTED second n=2' 180
exits "they are not reset below it" 1 start m --reset-vars
says "and the error says why" 'firmware variables are in use: stop it first'
r stop m --force
exits "but while it is off" 0 start m --reset-vars --paused
r plan -f lab.yaml --json
template=$(grep -o '"source":"[^"]*VARS[^"]*"' <<<"$out" | head -n 1 | cut -d'"' -f4)
ok "then they are those of the first start" cmp "$vars" "$template"
exits "down keeps them" 0 down efi --force
ok "as it does a disk" test -s "$vars"
r down efi --delete-disks --yes
ok "and they go with the disks" test ! -e "$vars"
