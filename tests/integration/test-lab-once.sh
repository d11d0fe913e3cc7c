#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# boot.once: the installer first, and from the guest's reboot on the disk; it is
# known afterwards that it has been done.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img as ld
plan 38

"$ROOST_SRCDIR/tests/guest/mkboot.sh" disk "$TMP/disk.raw" || exit 99
"$ROOST_SRCDIR/tests/guest/mkboot.sh" installer "$TMP/installer.raw" || exit 99
cat >once.yaml <<END
lab: once
machines:
  m:
    memory: 32M
    accel: tcg
    boot: { once: installer }
    disks:
      system: { bus: ahci, image: disk.raw, bootindex: 1 }
      installer: { bus: usb, image: installer.raw, bootindex: 2 }
    ready: { serial: "@BOOTED", timeout: 3m }
END
boots() { # COUNT: what has been booted so often
    wait_for_line "$TMP/s/once/logs/m.serial0.log" '@BOOTED' 90 "$1"
}
exits "up" 0 up -f once.yaml
like "the installer is booted first" "$(boots 1)" 'BOOTED installer'
exits "it is stopped before it reboots" 0 stop --force once/m
exits "and started" 0 start once/m
like "the installer is booted again" "$(boots 2)" 'BOOTED installer'
kill_supervisor() {
    local pid
    pid=$(supervisor_pid once)
    kill -KILL "$pid" && wait_for_exit "$pid" 10
}
ok "the supervisor is killed" kill_supervisor
exits "the guest reboots while nobody looks" 0 hmp "$TMP/r/once/m.monitor" sendkey ctrl-r
like "the disk is booted" "$(boots 3)" 'BOOTED disk'
exits "a new process, after a supervisor has come" 0 restart --force once/m
like "the disk is booted again" "$(boots 4)" 'BOOTED disk'
exits "stopped" 0 stop --force once/m
exits "the user wants it once more" 0 start --once once/m
like "the installer is booted" "$(boots 5)" 'BOOTED installer'
r status once
like "status tells that it is due" "$out" 'm: boot.once is due: installer, .*; then system'
r ps --json
like "and so does ps" "$out" '"once_due":\["m"\]'

# --- installers that end with a power-off -------------------------------------------------------
stops() { # until it is seen to be off
    wait_for 60 has_state once m stopped
}
exits "the guest switches itself off" 0 send-key once/m ctrl-o
ok "and is stopped" stops
r status once
ok "it is due no more" bash -c "! grep -q 'boot.once' '$TMP/out'"
r ps --json
like "by ps as well" "$out" '"once_due":\[\]'
exits "it is started" 0 start once/m
like "the disk is booted" "$(boots 6)" 'BOOTED disk'
exits "stopped, and once more" 0 stop --force once/m
exits "from the beginning" 0 start --once once/m
like "the installer is booted" "$(boots 7)" 'BOOTED installer'
exits "its power button is pressed" 0 qmp once/m system_powerdown
exits "and it goes off" 0 send-key once/m ctrl-o
ok "it is stopped" stops
r status once
like "which is no end of its own: it is still due" "$out" 'boot.once is due'
exits "down" 0 down --force once

# on_poweroff: restart begins again in the same emulator
sed -i '/^    accel: tcg/a \    on_poweroff: restart' once.yaml
rm "$TMP/s/once/logs/m.serial0.log"
exits "one that begins again when it is off" 0 up -f once.yaml
like "boots the installer" "$(boots 1)" 'BOOTED installer'
exits "the guest switches itself off" 0 send-key once/m ctrl-o
like "the disk is booted" "$(boots 2)" 'BOOTED disk'
exits "a new process" 0 restart --force once/m
like "boots the disk as well" "$(boots 3)" 'BOOTED disk'
exits "down" 0 down --force once
ok "nothing is left" nothing_left once
ok "nobody complained" logs_are_clean
