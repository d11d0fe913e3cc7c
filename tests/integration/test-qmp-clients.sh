#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Public QMP clients, socat and roost's own verbs, all at once on one machine.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

need "$ROOST_QEMU" socat "$ROOST"
plan 9

export ROOST_RUN_DIR=$TMP/r ROOST_STATE_DIR=$TMP/s ROOST_CACHE_DIR=$TMP/c
export TERM=dumb PYTHONDONTWRITEBYTECODE=1
cat >"$TMP/lab.yaml" <<'END'
lab: many
machines:
  m: { machine: q35, memory: 32M, accel: tcg }
END
cd "$TMP" || exit 99
qmp=$ROOST_RUN_DIR/many/m.qmp

lab_down() {
    timeout 60 "$ROOST" down many --force >/dev/null 2>&1
}
at_exit lab_down

clients=${ROOST_CLIENTS:-$ROOST_BUILDDIR/tests/clients/build}
no_clients=$(bash "$ROOST_SRCDIR/tests/clients/mkclients.sh" "$clients" 2>&1) && no_clients=
python=/usr/bin/python3 # that of the packages
[ -x $python ] || no_clients="there is no $python"
no_clients=${no_clients##*$'\n'}

ok "the lab comes up" timeout 60 "$ROOST" up --paused -f lab.yaml </dev/null

declare -A pids=() statuses=()
# run NAME COMMAND...: in the background
run() {
    local name=$1
    shift
    timeout 120 "$@" <&0 >"$TMP/$name.out" 2>&1 &
    pids[$name]=$!
    started $!
}
# ended NAME PATTERN COUNT: it went well, and PATTERN is in COUNT lines of what it printed
ended() {
    [ "${statuses[$1]}" = 0 ] && [ "$(grep -c -- "$2" "$TMP/$1.out")" -eq "$3" ] && return
    echo "status ${statuses[$1]}"
    tail -n 20 "$TMP/$1.out"
    return 1
}

client=$ROOST_SRCDIR/tests/integration/qmp-clients.py
if [ -z "$no_clients" ]; then
    printf 'query-name\nqom-list path=/machine\nquery-version\nnope\n' >"$TMP/typed"
    run qemu env PYTHONPATH="$clients/qemu" $python "$client" qemu "$qmp"
    run ganeti env \
        PYTHONPATH="$clients/ganeti/usr/share/ganeti/3.0:$clients/ganeti/usr/lib/python3/dist-packages" \
        $python "$client" ganeti "$qmp"
    run shell env PYTHONPATH="$clients/qemu" HOME="$TMP" $python "$client" shell "$qmp" <"$TMP/typed"
fi
# shellcheck disable=SC2016 # for the shells that are started
{
    run socat bash -c 'for k in $(seq 20); do
        printf "%s" "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"query-name\",\"id\":$k}" |
            socat -t 60 - "UNIX-CONNECT:$1" || exit 1
        done' - "$qmp"
    run roost-shell bash -c 'for k in $(seq 50); do echo query-status; done | exec "$1" shell -l many m' - "$ROOST"
    run roost-qmp bash -c 'for k in $(seq 10); do "$1" qmp -l many m query-name || exit 1; done' - "$ROOST"
    run roost-status bash -c 'for k in $(seq 10); do "$1" status many --json || exit 1; done' - "$ROOST"
}
for name in "${!pids[@]}"; do
    wait "${pids[$name]}"
    statuses[$name]=$?
done

if [ -z "$no_clients" ]; then
    ok "QEMU's Python client, twice" ended qemu '^done$' 1
    ok "Ganeti's, which passes descriptors" ended ganeti '^done$' 1
    ok "qmp-shell" ended shell '"major": \|has not been found' 2
else
    for text in "QEMU's Python client, twice" "Ganeti's, which passes descriptors" "qmp-shell"; do
        skip "$text" "$no_clients"
    done
fi
ok "socat" ended socat '"id": [0-9]' 20
ok "roost shell" ended roost-shell '"status"' 50
ok "roost qmp" ended roost-qmp '"name": "many/m"' 10
ok "roost status" ended roost-status '"name":"m"' 10
ok "the lab goes down" timeout 60 "$ROOST" down many
