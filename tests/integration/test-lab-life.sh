#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The life of a lab: order of start, readiness, guests that power off, panic
# or hang, and supervisors that die.
# Requirements: R22.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
plan 101

# --- a lab whose supervisor dies ---------------------------------------------------------
cat >adopt.yaml <<END
lab: adopt
switches:
  lan: { type: internal }
machines:
  a:
    memory: 32M
    accel: tcg
    nics: { nat: { switch: user }, lan: { switch: lan } }
    disks: { data: { bus: ahci, size: 8M } }
    forwards: ["tcp:127.0.0.1:0-:22 as ssh"]
  b: { memory: 32M, accel: tcg }
  fake: { memory: 32M, accel: tcg, emulator: $FAKE }
  panics: { memory: 32M, accel: tcg, emulator: $FAKE }
  stopped: { memory: 32M, accel: tcg }
END
exits "adopt: up" 0 up -f adopt.yaml
exits "adopt: stop" 0 stop --force adopt/stopped
exits "adopt: pause" 0 pause adopt/b
exits "adopt: forward add" 0 forward add adopt/a "tcp:127.0.0.1:0-:80 as web"
pid_a=$(field adopt a pid) port=$(field adopt a bound_port)
# what happened is in the state before it is told
ok "adopt: the supervisor is killed" kill_supervisor adopt
exits "adopt: ps" 0 ps
like "adopt: ps: the supervisor is gone" "$out" 'adopt +4/5 +gone'
exits "adopt: plan" 0 plan -f adopt.yaml
like "adopt: plan: the lab is up" "$out" '^# lab adopt is up; nothing differs'
# while nobody looks the guests go on: these two are told so by their monitors
monitor() { # MACHINE MESSAGE
    "$TMP/say" "$TMP/r/adopt/$1.monitor" "$2"
}
exits "adopt: qmp takes the lab over" 0 qmp adopt/a query-status
like "adopt: qmp: the answer" "$out" '"status": "running"'
is "adopt: the same process" "$(field adopt a pid)" "$pid_a"
is "adopt: the same port" "$(field adopt a bound_port)" "$port"
is "adopt: running" "$(field adopt a state)" running
is "adopt: paused" "$(field adopt b state)" paused
is "adopt: stopped" "$(field adopt stopped state)" stopped
exits "adopt: forward list" 0 forward -l adopt list a
like "adopt: the forward that was added is known" "$out" ' web '
exits "adopt: resume" 0 resume adopt/b
ok "adopt: resumed" wait_for 5 has_state adopt b running
exits "adopt: net" 0 net adopt
like "adopt: net: the switch lives" "$out" 'a/lan'

# killed as a command comes: it has taken the connection, and greets nobody
child_has_socket() { # PID, which may have no child yet
    local child
    child=$(pgrep -P "$1") && ls -l "/proc/$child/fd" 2>/dev/null | grep -q 'socket:'
}
killed_as_one_comes() {
    local pid client
    pid=$(supervisor_pid adopt)
    kill -STOP "$pid"
    timeout "$LAB_SECONDS" "$ROOST" forward -l adopt list a >"$TMP/came" 2>&1 </dev/null &
    client=$!
    started $client
    wait_for 30 child_has_socket "$client" && kill -KILL "$pid" && wait "$client"
}
ok "adopt: one comes to a supervisor that is killed" killed_as_one_comes
like "adopt: and is answered by the next" "$(cat "$TMP/came")" ' web '

# again, and now machines end meanwhile
pid_b=$(field adopt b pid)
exits "adopt: a guest off" 0 qmp adopt/fake fake-event status=shutdown
exits "adopt: a guest that panicked" 0 qmp adopt/panics fake-event status=guest-panicked
ok "adopt: the supervisor is killed again" kill_supervisor adopt
kill -KILL "$pid_b"
wait_for_exit "$pid_b" 10
exits "adopt: status takes the lab over" 0 status adopt
is "adopt: what ended meanwhile has crashed" "$(field adopt b state)" crashed
like "adopt: and it is said how" "$(field adopt b problem)" '^ended'
ok "adopt: who powered off meanwhile is stopped" wait_for 10 has_state adopt fake stopped
is "adopt: who panicked meanwhile has crashed" "$(field adopt panics state)" crashed
exits "adopt: start what crashed" 0 start adopt/b
is "adopt: it runs" "$(field adopt b state)" running
ok "adopt: killed a third time" kill_supervisor adopt
kill -KILL "$(pgrep -f "^[^ ]*qemu.* -name guest=adopt/b,.*$TMP")"
exits "adopt: down takes the lab over and down" 0 down --force adopt
ok "adopt: nothing is left" nothing_left adopt

# --- what guests do ----------------------------------------------------------------------------
cat >guests.yaml <<END
lab: guests
templates:
  fake: { memory: 32M, accel: tcg, emulator: $FAKE }
machines:
  hangs: { template: fake }
  panics: { template: fake }
  off: { template: fake }
  preserve: { template: fake, on_poweroff: preserve }
  again: { template: fake, on_poweroff: restart }
  quick: { template: fake, args: [-fake, stop-internal-error] }
  killed: { template: fake }
  quits: { template: fake }
END
exits "guests: up tells of the one that crashed at once" 5 up -f guests.yaml
says "guests: in one sentence" '^roost: machine quick: the emulator stopped it: internal-error'
is "guests: crashed before the reply" "$(field guests quick state)" crashed
exits "guests: an internal error" 0 qmp guests/hangs fake-event event=STOP status=internal-error
ok "guests: is a crash" wait_for 5 has_state guests hangs crashed
like "guests: and told" "$(field guests hangs problem)" '^the emulator stopped it: internal-error'
exits "guests: a panic" 0 qmp guests/panics fake-event event=GUEST_PANICKED status=guest-panicked 'data:={"action":"pause"}'
ok "guests: is a crash" wait_for 5 has_state guests panics crashed
exits "guests: a power-off" 0 qmp guests/off fake-event event=SHUTDOWN status=shutdown 'data:={"guest":true,"reason":"guest-shutdown"}'
ok "guests: is a stop" wait_for 5 has_state guests off stopped
exits "guests: a power-off that is preserved" 0 qmp guests/preserve fake-event event=SHUTDOWN status=shutdown 'data:={"guest":true,"reason":"guest-shutdown"}'
ok "guests: is shown" wait_for 5 has_state guests preserve shutdown
exits "guests: a power-off that restarts" 0 qmp guests/again fake-event event=SHUTDOWN status=shutdown 'data:={"guest":true,"reason":"guest-shutdown"}'
ok "guests: runs" wait_for 5 has_state guests again running
r qmp guests/killed fake-kill signal=9
ok "guests: an emulator that dies has crashed" wait_for 5 has_state guests killed crashed
like "guests: with its signal" "$(field guests killed problem)" '^was killed by signal 9'
r qmp guests/quits quit
ok "guests: an emulator that was told to quit is stopped" wait_for 5 has_state guests quits stopped
exits "guests: down" 0 down guests
ok "guests: nothing is left" nothing_left guests

# --- harder ways to stop -------------------------------------------------------------------------
cat >deaf.yaml <<END
lab: deaf
machines:
  deaf: { memory: 32M, accel: tcg, emulator: $FAKE, args: [-fake, deaf] }
END
exits "deaf: up" 0 up -f deaf.yaml
exits "deaf: down, in the end by SIGKILL" 0 down --grace 100ms deaf
ok "deaf: nothing is left" nothing_left deaf

# --- order, by readiness ------------------------------------------------------------------------------
mkboot=$ROOST_SRCDIR/tests/guest/mkboot.sh
"$mkboot" first "$TMP/first.raw" >/dev/null 2>&1 || note "mkboot.sh failed"
cat >order.yaml <<END
lab: order
machines:
  second: { memory: 32M, accel: tcg, after: [first] }
  first:
    memory: 32M
    accel: tcg
    disks: { boot: { bus: ide, image: first.raw, clone: none } }
    ready: { serial: "@BOOTED first", timeout: 60s }
END
sed -i 's/    memory: 32M$/    machine: i440fx\n&/' order.yaml
if [ -s first.raw ]; then
    exits "order: up" 0 up -f order.yaml
    is "order: ready" "$(field order first ready)" ready
    ok "order: the second came after the first was ready" test \
        "$(field order second since)" -ge "$(field order first since)"
    exits "order: log" 0 log order/first
    like "order: log: what the machine said" "$out" '@BOOTED first'
    exits "order: down" 0 down --force order
else
    for text in up ready order log text down; do
        skip "order: $text" "the boot sector cannot be made here"
    done
fi
sed -i -e 's/^lab: order/lab: never/' -e 's/@BOOTED first/never/' -e 's/60s/300ms/' order.yaml
exits "never ready: up fails" 6 up -f order.yaml
says "never ready: one sentence" '^roost: machine first: not ready after'
ok "never ready: the second was not waited for for ever" nothing_left never
cat >crash.yaml <<END
lab: crash
machines:
  first: { memory: 32M, accel: tcg, emulator: $FAKE, args: [-fake, stop-internal-error], ready: { serial: never } }
  second: { memory: 32M, accel: tcg, after: [first] }
END
exits "first crashes: up fails" 5 up -f crash.yaml
says "first crashes: one sentence" '^roost: machine first: the emulator stopped it: internal-error'
ok "first crashes: nothing is left" nothing_left crash
exits "paused: what comes after is not waited for" 0 up -f order.yaml --paused
exits "paused: down" 0 down --force never

# --- the console ----------------------------------------------------------------------------------------
cat >console.yaml <<END
lab: console
machines:
  m: { memory: 32M, accel: tcg, args: [-device, "isa-debug-exit"] }
END
exits "console: up" 0 up -f console.yaml --paused
attach() {
    # one end of a conversation: a pipe that stays open until we have seen the text
    mkfifo typed
    timeout 20 "$ROOST" console console/m <typed >said 2>&1 &
    console=$!
    started "$console"
    exec {typing}>typed
}
attach
console_is_attached() { grep -q "$TMP/r/console/m.serial0" /proc/net/unix && [ "$(grep -c "$TMP/r/console/m.serial0" /proc/net/unix)" -ge 2 ]; }
ok "console: attached" wait_for 10 console_is_attached
exits "console: a second one is refused or waits" 2 console console/m 9
exits "console: down while attached" 0 down --force console
ok "console: it ends with the port" wait_for_exit "$console" 10
exec {typing}>&-
exits "console: of a lab that is down" 1 console console/m
says "console: says so" '^roost: machine m of lab console: serial port 0 cannot be attached to'

# --- supervisors that are told to go, or die while the lab comes up ----------------------------
cat >going.yaml <<END
lab: going
machines:
  m: { memory: 32M, accel: tcg, disks: { data: { bus: ahci, size: 8M } } }
END
exits "SIGTERM: up" 0 up -f going.yaml
pid=$(field going m pid)
supervisor=$(supervisor_pid going)
kill -TERM "$supervisor"
ok "SIGTERM: the supervisor goes" wait_for_exit "$supervisor" 10
is "SIGTERM: the machine is taken over" "$(field going m pid)" "$pid"
exits "SIGTERM: stop" 0 stop --force going/m
exits "SIGTERM: start" 0 start going/m
exits "SIGTERM: down" 0 down --force going
ok "SIGTERM: nothing is left" nothing_left going

sed -e 's/^lab: going/lab: half/' going.yaml >half.yaml
echo "  hang: { memory: 32M, accel: tcg, emulator: $FAKE, args: [-fake, hang] }" >>half.yaml
"$ROOST" up -f half.yaml </dev/null >"$TMP/out" 2>"$TMP/err" &
up=$!
started "$up"
half_up() {
    wait_for 20 test -S "$TMP/r/half/hang.monitor" && wait_for 20 supervisor_pid half >/dev/null &&
        wait_for 20 test -S "$TMP/r/half/m.qmp"
}
ok "half: up hangs" half_up
half_pid=$(field half m pid)
ok "half: the supervisor is killed" kill_supervisor half
half_fails() {
    wait_for_exit "$up" 20 && [ "$(wc -l <"$TMP/err")" = 1 ]
}
ok "half: up fails with one sentence" half_fails
exits "half: status takes the lab over" 0 status half --json
like "half: which goes on to come up" "$out" '"state":"coming-up"'
is "half: with the process that was there" "$(field half m pid)" "$half_pid"
hangs_anew() {
    local pid
    pid=$(field half hang pid) && [ "$pid" -gt 0 ] && kill -0 "$pid"
}
ok "half: the start under way is done again" wait_for 20 hangs_anew
exits "half: down" 0 down --force half
ok "half: nothing is left" nothing_left half

sed -e 's/^lab: going/lab: twice/' going.yaml >twice.yaml
two_ups() {
    local first second a b
    "$ROOST" up -f twice.yaml </dev/null >a.out 2>a.err &
    first=$!
    "$ROOST" up -f twice.yaml </dev/null >b.out 2>b.err &
    second=$!
    started "$first"
    started "$second"
    wait_for_exit "$first" 30
    wait_for_exit "$second" 30
    wait "$first"
    a=$?
    wait "$second"
    b=$?
    cat a.err b.err
    [ "$a$b" = 00 ]
}
ok "two ups at once: both" two_ups
ok "two ups at once: the machine runs" has_state twice m running
exits "two ups at once: down" 0 down --force twice
ok "two ups at once: nothing is left" nothing_left twice

ok "nobody complained" logs_are_clean 'has a supervisor already|machine hang: taking over QEMU'
