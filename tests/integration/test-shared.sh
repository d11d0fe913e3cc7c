#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The shared QMP socket of a running lab: what a client does there is known to
# the supervisor, public clients work side by side, and all of it is recorded.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

need "$ROOST_QEMU" socat "$ROOST"
plan 22

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
public_client() {
    timeout 60 python3 - "$qmp" <<'END'
import asyncio, sys
from qemu.qmp import QMPClient
async def main():
    a, b = QMPClient("a"), QMPClient("b")
    await a.connect(sys.argv[1]); await b.connect(sys.argv[1])
    with b.listener() as events:
        await a.execute("cont"); await a.execute("stop")
        names = [(await asyncio.wait_for(events.get(), 20))["event"] for _ in range(2)]
    assert names == ["RESUME", "STOP"], names
    r = await asyncio.gather(*[c.execute("query-status") for c in (a, b) for _ in range(50)])
    assert all(x["status"] == "paused" for x in r)
    await a.disconnect(); await b.disconnect()
asyncio.run(main())
END
}
# from PyPI, or with PYTHONPATH=…/python of a QEMU source tree (7.2: apt-get source qemu)
if python3 -c 'import qemu.qmp' 2>/dev/null; then
    ok "the Python client of the QEMU project, twice" public_client
else
    skip "the Python client of the QEMU project, twice" "no qemu.qmp for python3"
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
ok "the lab goes down" timeout 60 "$ROOST" down shared
