#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What becomes of guests that switch off, reboot and panic, and of emulators that
# die: while a supervisor looks, and while none lives.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img as ld socat
plan 72

truncate -s 1M hole
fallocate -p -o 0 -l 64K hole 2>/dev/null || skip_all "the file system of $TMP makes no holes"
"$ROOST_SRCDIR/tests/guest/mkboot.sh" guest "$TMP/guest.raw" || exit 99

cat >pol.yaml <<END
lab: pol
templates:
  guest:
    memory: 32M
    accel: tcg
    disks: { boot: { bus: ahci, image: guest.raw, bootindex: 0 } }
    ready: { serial: "@BOOTED guest", timeout: 3m }
machines:
  off: { template: guest }
  keep: { template: guest, on_poweroff: preserve, on_crash: preserve }
  again: { template: guest, on_poweroff: restart, on_crash: restart }
  dies: { template: guest, on_crash: restart }
  ends: { template: guest, on_reboot: destroy, on_poweroff: restart }
END

booted() { # MACHINE COUNT: it has booted so often
    wait_for_line "$TMP/s/pol/logs/$1.serial0.log" '@BOOTED guest' 90 "$2"
}
key() { # MACHINE KEY
    exits "$1: $2 is pressed" 0 hmp "pol/$1" sendkey "$2"
}
unseen_key() { # MACHINE KEY: past the supervisor, which is not there
    exits "$1: $2 is pressed while nobody looks" 0 hmp "$TMP/r/pol/$1.monitor" sendkey "$2"
}
unseen() { # MACHINE EVENT: it has happened
    wait_for 60 grep -qF "\"event\": \"$2\"" "$TMP/s/pol/logs/$1.events.log"
}
kill_supervisor() {
    local pid
    pid=$(supervisor_pid pol)
    kill -KILL "$pid" && wait_for_exit "$pid" 10
}
in_state() { # TEXT MACHINE STATE
    ok "$1" wait_for 60 has_state pol "$2" "$3"
}
kill_machine() { # MACHINE
    kill -KILL "$(field pol "$1" pid)"
}
begun_again() { # MACHINE: when policies began it again, as the state has it
    grep -o "\"id\":\"machine:$1\"[^}]*" "$TMP/r/pol/state.json" | grep -o '"restarts":\[[^]]*' | cut -d'[' -f2
}
# long_life MACHINE: its events of a long life, as if it had rebooted all the time
long_life() {
    local old
    old=$(printf '{"event": "RESET", "data": {"guest": true, "reason": "guest-reset"}, "pad": "%01000d"}' 0)
    yes "$old" | head -n 2000 >>"$TMP/s/pol/logs/$1.events.log"
}
takes_little() { # MACHINE: the room of that, of which there were 2.2 MB
    [ "$(du -k "$TMP/s/pol/logs/$1.events.log" | cut -f 1)" -lt 800 ]
}
stop_and_go() { # MACHINE COUNT
    {
        echo '{"execute":"qmp_capabilities"}'
        yes '{"execute":"stop"} {"execute":"cont"}' | head -n "$2"
    } | timeout 120 socat -t 60 - "UNIX-CONNECT:$TMP/r/pol/$1.qmp" | grep -c '"RESUME"'
}
has_other_pid() { # MACHINE PID: runs as another process
    has_state pol "$1" running && [ "$(field pol "$1" pid)" != "$2" ]
}

exits "up" 0 up -f pol.yaml

# --- a supervisor looks ------------------------------------------------------------------------
key off ctrl-o
in_state "off: destroy: it is stopped" off stopped
key keep ctrl-o
in_state "keep: preserve: it is off and there" keep shutdown
key again ctrl-o
ok "again: restart: it boots again" booted again 2
in_state "again: and runs" again running
key again ctrl-r
ok "again: a reboot is left alone" booted again 3
key again ctrl-p
ok "again: after a panic it boots again" booted again 4
pid=$(field pol again pid)
kill_machine again
ok "again: a killed emulator has a successor" wait_for 60 has_other_pid again "$pid"
pid=$(field pol ends pid)
key ends ctrl-o
ok "ends: restart: it boots again" booted ends 2
ok "ends: as another process, as resets end it" wait_for 60 has_other_pid ends "$pid"
pid=$(field pol ends pid)
exits "ends: a reset by its user" 0 reset pol/ends
ok "ends: is no reboot of the guest's" booted ends 3
ok "ends: and it runs" wait_for 60 has_other_pid ends "$pid"
key ends ctrl-r
in_state "ends: a reboot of its own is the end" ends stopped
exits "keep: start what was preserved fails" 1 start pol/keep
exits "keep: it is reset" 0 reset pol/keep
exits "keep: it goes on" 0 resume pol/keep
ok "keep: it boots again" booted keep 2
key keep ctrl-p
in_state "keep: preserve: it has crashed" keep crashed
is "keep: and it is told why" "$(field pol keep problem)" 'the guest panicked'
pid=$(field pol keep pid)
ok "keep: the process is there" test -d "/proc/$pid"

# --- no supervisor lives -----------------------------------------------------------------------
exits "all run again" 0 start pol/off pol/ends
exits "keep is reset" 0 reset pol/keep
exits "keep goes on" 0 resume pol/keep
ok "keep boots" booted keep 3
pid=$(field pol dies pid)
begun=$(begun_again again)
like "again: how often it was begun again is written down" "$begun" '^"[0-9]+","[0-9]+","[0-9]+"$'
long_life again
is "again: its events take room" "$(takes_little again || echo room)" room
is "again: it stops and goes on" "$(stop_and_go again 600)" 600
ok "again: old events take no room any more" wait_for 60 takes_little again
ok "the supervisor is killed" kill_supervisor
long_life off
unseen_key off ctrl-o
unseen_key keep ctrl-p
unseen_key ends ctrl-r
for what in "off SHUTDOWN" "keep GUEST_PANICKED" "ends SHUTDOWN"; do
    # shellcheck disable=SC2086
    unseen $what >/dev/null || fail "$what"
done
kill -KILL "$pid"
wait_for_exit "$pid" 10
exits "status takes the lab over" 0 status pol
in_state "off: who switched off meanwhile is stopped" off stopped
ok "off: nor do those of the time in which nobody looked" wait_for 60 takes_little off
in_state "keep: who panicked meanwhile has crashed" keep crashed
in_state "ends: who rebooted meanwhile is stopped, as that is its end" ends stopped
ok "dies: who was killed meanwhile runs again" wait_for 60 has_other_pid dies "$pid"
has_begun() { [[ $(begun_again dies) =~ ^\"[0-9]+\"$ ]]; }
ok "dies: which is counted" wait_for 60 has_begun
is "again: the next supervisor counts on" "$(begun_again again)" "$begun"

# --- and it is told --------------------------------------------------------------------------------
exits "why: who was killed" 0 log --why pol/again
like "why: earlier starts in a line each" "$out" 'earlier: started .*killed by signal 9'
exits "why: who rebooted meanwhile" 0 log --why pol/ends
like "why: the emulator told, though nobody listened" "$out" '"SHUTDOWN", "data": .*"guest-reset"'
like "why: the end of the serial port" "$out" 'serial port:.*@BOOTED guest'
like "why: the last on QMP" "$out" '"execute":"quit"'
like "why: which emulator it was" "$out" 'emulator: /[^ ]* \((build-id|sha256) [0-9a-f]{16}'
like "why: the policies" "$out" 'on_poweroff: restart, on_reboot: destroy'
exits "why: in JSON" 0 log --why --json pol/ends
like "why: with argv" "$out" '"argv" ?: ?\[.*guest=pol/ends'

# --- too often ---------------------------------------------------------------------------------
# of the last minute there are one power-off, one panic and a death at most
given_up() {
    local pid
    [[ $(field pol again problem) == *given\ up ]] && return 0
    pid=$(field pol again pid)
    [ "${pid:-0}" = 0 ] || kill -KILL "$pid" 2>/dev/null
    return 1
}
ok "again: killed and killed again it is given up" wait_for 60 given_up
# one that this supervisor did not start has no exit status for it
like "again: and it is told why" "$(field pol again problem)" \
    '(killed by signal 9|ended).*; it was begun again 3 times within a minute and is given up'
exits "again: its user may start it" 0 start pol/again
is "again: it runs" "$(field pol again state)" running

# --- who is asked to go has not crashed --------------------------------------------------------
r qmp pol/again quit
in_state "again: quit by somebody: it is stopped" again stopped
exits "again: once more" 0 start pol/again
pid=$(field pol again pid)
ok "the supervisor is killed again" kill_supervisor
kill -TERM "$pid"
wait_for_exit "$pid" 30
exits "status takes the lab over again" 0 status pol
is "again: SIGTERM while nobody looked: it is stopped" "$(field pol again state)" stopped

exits "down" 0 down --force pol
ok "nothing is left" nothing_left pol
r log --why -l pol again
like "why: also when the lab is down" "$status $out" '^0 earlier: .*machine again'
ok "nobody complained" logs_are_clean
