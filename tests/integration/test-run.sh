#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost run: the ways in which a run ends, each with its status, what it leaves
# for people and CI systems, and nothing else; and twenty runs at once.
# Requirements: R24.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img as ld
plan 62

"$ROOST_SRCDIR/tests/guest/mkboot.sh" run boot.raw || exit 99
cat >run.yaml <<END
lab: run
templates:
  boot: { machine: i440fx, memory: 32M, accel: tcg, disks: { boot: { bus: ide, image: boot.raw } } }
machines:
  seen:
    template: boot
    display: vnc
    ready: { serial: "@BOOTED", timeout: 5m }
  net-1:
    template: boot
    nics: { nat: { switch: user, mac: "52:54:00:00:00:01" } }
    forwards: ["tcp:127.0.0.1:0-:80 as http", "udp:0-:53"]
END
sed -e 's/^lab: run/lab: never/' -e 's/@BOOTED/never/' run.yaml >never.yaml

# gone LAB: nothing of it runs, and its run directory has gone.
gone() {
    nothing_left "$1" && [ ! -e "$ROOST_RUN_DIR/$1" ]
}

# an_index DIR TEXT: what is in the artifacts whatever happened.
an_index() {
    local file missing=
    for file in index.json index.txt profile.yaml plan.json seen.argv net-1.argv doctor.json \
        state/logs/net-1.stderr.log; do
        [ -e "$1/$file" ] || missing+=" $file"
    done
    grep -qE "$2" "$1/index.txt" && [ -z "$missing" ] && return
    echo "missing:$missing"
    cat "$1/index.txt" 2>&1
    return 1
}

# run_in_background ARG...: its process is in $runner.
run_in_background() {
    "$ROOST" run "$@" </dev/null >"$TMP/bg.out" 2>"$TMP/bg.err" &
    runner=$!
    started $runner
}
# ends TEXT STATUS: the run in the background has ended so.
ends() {
    local status
    wait_for_exit "$runner" 120 >/dev/null
    wait "$runner"
    status=$?
    [ "$status" = "$2" ] && pass "$1" && return
    fail "$1" "status $status, wanted $2; it said: $(cat "$TMP/bg.err")"
}

# --- 1: the command succeeds ----------------------------------------------------
cat >look.sh <<'END'
env | grep ^ROOST_ | sort >env.seen
"$ROOST" status >status.seen && "$ROOST" qmp seen query-status >qmp.seen
[ -S "$ROOST_CONTROL" ] && [ -S "$ROOST_NET_1_QMP" ] && cat && pwd
END
echo input | timeout 120 env ROOST="$ROOST" "$ROOST" run -f run.yaml --junit good.xml -a good -- \
    bash look.sh >out.seen 2>"$TMP/err"
is "success: status 0" $? 0
is "success: the command has our input, output and folder" "$(cat out.seen)" "input
$TMP"
ok "success: nothing is left" gone run
[ ! -e good ]
is "success: no artifacts" $? 0
like "success: what the command is told" "$(cat env.seen)" 'ROOST_LAB=run
ROOST_MACHINES=seen net-1
ROOST_NET_1_53=127.0.0.1:[0-9]+
.*ROOST_NET_1_HTTP=127.0.0.1:[0-9]+
ROOST_NET_1_HTTP_HOST=127.0.0.1
ROOST_NET_1_HTTP_PORT=[1-9][0-9]*
ROOST_NET_1_MAC_NAT=52:54:00:00:00:01
.*ROOST_SEEN_SERIAL0=/.*ROOST_SEEN_VNC=/'
like "success: roost finds the lab by itself" "$(cat status.seen qmp.seen)" 'seen.*"running": true'
like "success: JUnit" "$(cat good.xml)" 'testsuite name="run" tests="9" failures="0" errors="0" skipped="0"'
! command -v xmllint >/dev/null || xmllint --noout good.xml
is "success: JUnit is XML" $? 0

exits "success: artifacts when asked for" 0 run -f run.yaml -a always --artifacts-always -- true
ok "success: they are whole" an_index always 'ended with status 0'
ok "success: with a picture of the machine that has a screen" test -s always/seen.png
[ ! -e always/net-1.png ]
is "success: and none of the other" $? 0
like "success: index.json" "$(cat always/index.json)" '"good" : true,.*"state/logs/seen.serial0.log"'

# --- 2: the command fails ----------------------------------------------------------
exits "failure: the command's status" 7 run -f run.yaml -a failed --junit failed.xml -- sh -c 'exit 7'
ok "failure: the artifacts" an_index failed 'command +failed .* ended with status 7'
like "failure: JUnit" "$(cat failed.xml)" 'failures="1" errors="0".*<failure message="the command ended with status 7"'
ok "failure: nothing is left" gone run
exits "failure: by a signal" 137 run -f run.yaml -- sh -c 'kill -KILL $$'
ok "failure: what it left behind is ended" gone run
exits "failure: no such command" 122 run -f run.yaml -- no-such-command
says "failure: no such command is said" 'there is no program no-such-command'

# --- 3: signals, in the command and before ----------------------------------------
for signal in INT TERM HUP; do
    rm -f begun
    run_in_background -f run.yaml -a "sig$signal" -- sh -c 'touch begun; exec sleep 1000'
    wait_for 120 test -e begun >/dev/null
    kill -s $signal $runner
    ends "SIG$signal: status" 121
    ok "SIG$signal: the artifacts" an_index "sig$signal" "lab run: interrupted by SIG$signal"
    ok "SIG$signal: nothing is left" gone run
done
run_in_background -f never.yaml -a early --junit early.xml -- touch never.run
wait_for 120 test -s "$ROOST_STATE_DIR/never/logs/seen.serial0.log" >/dev/null
kill -s TERM $runner
ends "SIGTERM before it is ready: status" 121
ok "SIGTERM before it is ready: the artifacts" an_index early 'command +skipped'
like "SIGTERM before it is ready: JUnit" "$(cat early.xml)" 'name="command" time="0.000">
    <skipped/>'
ok "SIGTERM before it is ready: nothing is left" gone never

# --- 4: a command that does not want to end ------------------------------------------------
run_in_background -f run.yaml -- sh -c 'trap "" INT TERM; touch stubborn; while :; do sleep 0.1; done'
wait_for 120 test -e stubborn >/dev/null
kill -s TERM $runner
kill -s TERM $runner
ends "a stubborn command: status" 121
ok "a stubborn command: nothing is left" gone run

# --- 5: time ------------------------------------------------------------------------------
exits "time: status" 126 run -f never.yaml --timeout 5s -a late --junit late.xml -- true
like "time: what it waited for" "$err" 'roost: the time of 5s was over in phase (ready|up); not ready: .*seen'
ok "time: the artifacts" an_index late 'was over in phase'
ok "time: nothing is left" gone never
sed 's/5m/2s/; s/lab: never/lab: unready/' never.yaml >unready.yaml
exits "not ready: status" 126 run -f unready.yaml --junit unready.xml -- true
says "not ready: why" 'machine seen: not ready after 2.0 s: the serial port has not said /never/'
like "not ready: JUnit" "$(cat unready.xml)" 'classname="unready.seen" name="ready".*
    <error message="after 2.0 s'

# --- 6: a machine dies ------------------------------------------------------------------------
cat >kill.sh <<'END'
kill -KILL "$("$ROOST" status --json | grep -o '"name":"net-1","state":"running".*' |
    grep -o '"pid":[0-9]*' | head -n 1 | cut -d: -f2)"
exec sleep 1000
END
r run -f run.yaml -a dead --junit dead.xml -- env ROOST="$ROOST" bash kill.sh
is "a machine dies: status" "$status" 125
like "a machine dies: which and how" "$err" 'roost: machine net-1: was killed by signal 9'
ok "a machine dies: the artifacts" an_index dead 'machine net-1: was killed by signal 9'
ok "a machine dies: a picture of the other" test -s dead/seen.png
like "a machine dies: JUnit" "$(cat dead.xml)" 'classname="run.net-1" name="start"[^/]*>
    <error message="was killed'
ok "a machine dies: nothing is left" gone run

# --- 7: the supervisor dies -------------------------------------------------------------------
cat >orphan.sh <<'END'
kill -KILL "$("$ROOST" ps --json | grep '"lab":"run"' | grep -o '"supervisor_pid":[0-9]*' | cut -d: -f2)"
exec sleep 1000
END
r run -f run.yaml -a orphan -- env ROOST="$ROOST" bash orphan.sh
is "the supervisor dies: status" "$status" 121
ok "the supervisor dies: the artifacts" an_index orphan 'its supervisor ended'
ok "the supervisor dies: nothing is left" gone run

# --- 8: it does not come up -------------------------------------------------------------------
exits "a wrong profile" 123 run -f - -- true
exits "a wrong option" 122 run --nonsense -- true
sed 's/lab: run/lab: broken/; s/display: vnc/args: [-device, no-such-device]/' run.yaml >broken.yaml
exits "an emulator that does not start" 125 run -f broken.yaml -a broken -- true
ok "an emulator that does not start: the artifacts" an_index broken 'no-such-device'
ok "an emulator that does not start: nothing is left" gone broken

# --- a lab that is to stay --------------------------------------------------------------------------
exits "--keep" 0 run -f run.yaml --name kept --keep -- true
is "--keep: it is up under its other name" "$(field kept seen state)" running
exits "--keep: and comes down" 0 down kept --force

# --- many at once -----------------------------------------------------------------------------------
runs=()
for i in {1..20}; do
    "$ROOST" run -f run.yaml --unique --timeout 9m -- sh -c '[ "$ROOST_NET_1_HTTP_PORT" -gt 0 ] && exit '$i \
        </dev/null >"$TMP/many.$i" 2>&1 &
    runs+=($!)
    started $!
done
wrong=
for i in {1..20}; do
    wait "${runs[i - 1]}"
    [ $? = "$i" ] || wrong+=" $i: $(cat "$TMP/many.$i")"
done
is "twenty at once: each has its own status" "$wrong" ""
is "twenty at once: nothing is left, no disk and no log either" \
    "$(cd "$ROOST_STATE_DIR" && ls -d run-* 2>/dev/null; ls "$ROOST_RUN_DIR")" ""
