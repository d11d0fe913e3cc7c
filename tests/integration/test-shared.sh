#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The shared QMP socket of a running lab: what a client does there is known to
# the supervisor, public clients work side by side, and all of it is recorded.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

need "$ROOST_QEMU" socat "$ROOST"
plan 31

export ROOST_RUN_DIR=$TMP/r ROOST_STATE_DIR=$TMP/s ROOST_CACHE_DIR=$TMP/c
cat >"$TMP/lab.yaml" <<'END'
lab: shared
machines:
  m: { machine: q35, memory: 64M, accel: tcg }
END
cd "$TMP" || exit 99
qmp=$ROOST_RUN_DIR/shared/m.qmp
caps='{"execute":"qmp_capabilities"}'

lab_down() {
    timeout 60 "$ROOST" down shared --force >/dev/null 2>&1
}
at_exit lab_down

state_is() {
    timeout 20 "$ROOST" status shared --json 2>/dev/null | tr -d ' \n' |
        grep -q "\"name\":\"m\".*\"state\":\"$1\""
}
# ask SOCKET JSON [SECONDS]: one connection; prints all that comes
ask() {
    printf '%s%s' "$caps" "$2" | timeout "${3:-20}" socat -t "${3:-20}" - "UNIX-CONNECT:$1" 2>&1 |
        tr -d '\r'
}
ok "the lab comes up" timeout 60 "$ROOST" up --paused -f lab.yaml </dev/null

# --- states -------------------------------------------------------------------
ok "paused at first" wait_for 10 state_is paused
like "a client's cont" "$(ask "$qmp" '{"execute":"cont","id":1}')" '"id": 1}'
ok "is known to the supervisor" wait_for 10 state_is running
like "a client's stop" "$(ask "$qmp" '{"execute":"stop","id":2}')" '"id": 2}'
ok "is known as well" wait_for 10 state_is paused

# --- observers ------------------------------------------------------------------
like "an observer is answered" "$(ask "$qmp-ro" '{"execute":"query-status","id":3}')" '"paused".*"id": 3}'
like "an observer cannot act" "$(ask "$qmp-ro" '{"execute":"cont","id":4}')" \
    '"id": 4, "error": \{"class": "GenericError", "desc": "The command cont is not for observers'

is "nor can the shell when it is to look only" \
    "$("$ROOST" shell --read-only -l shared m <<<"cont" 2>&1)" \
    "roost: cont is no query-* command, and this session is read-only"
like "but it can ask" "$("$ROOST" qmp --read-only -l shared m query-status 2>&1)" '"paused"'

# --- events that are followed: through a restart of the machine, and of the supervisor
follow() {
    "$ROOST" events -l shared "${@:2}" >"$TMP/$1" 2>&1 &
    started $!
    followers[$1]=$!
}
declare -A followers=()
# it is connected at some time from now on
follows() {
    local before after
    before=$(grep -c RESUME "$TMP/$1")
    "$ROOST" qmp -l shared m cont >/dev/null 2>&1
    "$ROOST" qmp -l shared m stop >/dev/null 2>&1
    after=$(grep -c RESUME "$TMP/$1")
    [ "$after" -gt "$before" ]
}
# the lab's own events have the states of machines
follows_lab() {
    local before after
    before=$(grep -c '"running"' "$TMP/$1")
    "$ROOST" qmp -l shared m cont >/dev/null 2>&1
    "$ROOST" qmp -l shared m stop >/dev/null 2>&1
    after=$(grep -c '"running"' "$TMP/$1")
    [ "$after" -gt "$before" ]
}
follow machine m
follow lab
follow waiting m --wait NEVER
ok "events of a machine are followed" wait_for 30 follows machine
ok "and of the lab" wait_for 30 follows_lab lab
last_has() {
    timeout 20 "$ROOST" events -l shared m --last 1000 --wait RESUME --timeout 1ms 2>/dev/null | grep -q "$1"
}
ok "what was before is in the transcript" wait_for 20 last_has '"event": "STOP"'

# --- public clients, all at once ------------------------------------------------
cat >"$TMP/client.py" <<'END'
import json, socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); f = s.makefile("rw")
assert "QMP" in json.loads(f.readline())
def cmd(name, **a):
    f.write(json.dumps({"execute": name, "arguments": a, "id": {"n": [name]}})); f.flush()
    while True:
        m = json.loads(f.readline())
        if "event" not in m:
            assert m["id"] == {"n": [name]}, m
            return m["return"]
cmd("qmp_capabilities")
for i in range(200):
    cmd("query-status"); cmd("qom-list", path="/machine")
print("done")
END
clients() {
    local pids=() pid
    for i in 1 2 3; do
        python3 "$TMP/client.py" "$qmp" >"$TMP/py$i" 2>&1 &
        pids+=($!)
        (for k in $(seq 20); do ask "$qmp" '{"execute":"query-name","id":5}'; done) >"$TMP/socat$i" &
        pids+=($!)
    done
    for k in $(seq 10); do
        "$ROOST" qmp -l shared m query-status >"$TMP/roost" 2>&1 || return 1
        "$ROOST" status shared >/dev/null || return 1
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    [ "$(cat "$TMP"/py[123])" = "done
done
done" ] && [ "$(grep -c '"id": 5}' "$TMP/socat2")" = 20 ]
}
if command -v python3 >/dev/null; then
    ok "socat, Python and roost at once" clients
else
    skip "socat, Python and roost at once" "no python3"
fi

# --- the transcript ---------------------------------------------------------------
ask "$qmp" '{"execute":"set_password","arguments":{"protocol":"vnc","password":"geheim"}}{"execute":"query-uuid","id":1}' >/dev/null
transcript_has() {
    "$ROOST" log --qmp -l shared m | grep -q "$1"
}
ok "commands are recorded" wait_for 5 transcript_has '"execute":"query-uuid"'
ok "with who sent them" transcript_has '"client":1,"connected":{"pid":[0-9]*,"uid":'"$(id -u)"
ok "events are recorded" transcript_has '"event":{.*"STOP"'
ok "passwords are not" transcript_has '"password":"\*\*\*"'
is "anywhere" "$("$ROOST" log --qmp -l shared m | grep -c geheim)" 0
is "it is private" "$(stat -c %a "$ROOST_STATE_DIR/shared/logs/m.qmp.log")" 600

# --- quit, restart ------------------------------------------------------------------
like "a client's quit is answered" "$(ask "$qmp" '{"execute":"quit","id":"q"}' 5)" '\{"return": \{\}, "id": "q"\}'
ok "and ends the machine, which has not crashed" wait_for 10 state_is stopped
is "one who comes now finds the socket closed" \
    "$(timeout 5 socat -u "UNIX-CONNECT:$qmp" - 2>&1 </dev/null)" ""
timeout 60 "$ROOST" start -l shared m >/dev/null 2>&1
ok "events are followed after it" wait_for 60 follows machine
like "after a start the same path greets" "$(ask "$qmp" '{"execute":"query-name","id":6}')" '^\{"QMP": .*"id": 6}'

# --- an end that is heard of before its reason --------------------------------------
# Both are there when the supervisor runs again: the emulator's last event, and its end.
pid_of() {
    "$ROOST" status shared --json | tr -d ' \n' | grep -o "\"$1\":[0-9]*" | tail -n 1 | cut -d: -f2
}
supervisor=$(pid_of supervisor_pid)
emulator=$(pid_of pid)
overtake() {
    kill -STOP "$supervisor" && kill -TERM "$emulator" && wait_for 10 gone
    kill -CONT "$supervisor"
    wait_for 10 state_is stopped
}
gone() {
    [ ! -e "/proc/$emulator" ] || grep -q '^State:.Z' "/proc/$emulator/status"
}
ok "an end on request is no crash when it is heard of first" overtake
kill -KILL "$supervisor"
timeout 60 "$ROOST" start -l shared --paused m >/dev/null 2>&1
ok "events are followed by another supervisor" wait_for 60 follows machine
ok "of the lab, too" wait_for 60 follows_lab lab
ok "the lab goes down" timeout 60 "$ROOST" down shared
ended() {
    wait "${followers[machine]}" && wait "${followers[lab]}"
}
ended
is "and the followers end with it" $? 0
wait "${followers[waiting]}"
is "one that waited for something says that it did not come" "$?: $(tail -n 1 "$TMP/waiting")" \
    "1: roost: the lab went down, and NEVER had not come"
