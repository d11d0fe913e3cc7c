#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Random SIGKILLs of the supervisor and of the command line over a lab of 8 real
# machines, while it comes up, goes down, restarts machines, changes forwards and saves
# checkpoints.
# At the end no machine was lost that should run, none runs that should not, and
# nothing is left. KILLS=N sets how many, KILLS_SEED=N which; not part of make check
# (make check-kills).
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img
KILLS=${KILLS:-200}
KILLS_SEED=${KILLS_SEED:-$RANDOM}
RANDOM=$KILLS_SEED
lost=0 ghosts=0 left=0 supervisors=0 clients=0 refused=0
plan 4

{
    echo "lab: kills"
    echo "switches: { lan: { type: internal } }"
    echo "machines:"
    for i in 1 2 3 4 5 6 7 8; do
        echo "  m$i:"
        echo "    memory: 32M"
        echo "    accel: tcg"
        echo "    nics: { lan: { switch: lan }, nat: { switch: user } }"
        echo "    forwards: ['tcp:127.0.0.1:0-:22 as ssh']"
    done
} >kills.yaml

# strike: kills the supervisor or the command, some moment after it began.
strike() {
    local pid
    sleep "0.$(printf %03d $((RANDOM % 700)))"
    if [ $((RANDOM % 3)) = 0 ]; then
        kill -KILL "$command" 2>/dev/null && clients=$((clients + 1))
    else
        for pid in $(lab_supervisors); do
            kill -KILL "$pid" 2>/dev/null && supervisors=$((supervisors + 1))
        done
    fi
    wait "$command" 2>/dev/null
}

# from /proc, as no file can be trusted now
lab_supervisors() {
    local dir
    for dir in /proc/[0-9]*; do
        [[ $(tr '\0' ' ' 2>/dev/null <"$dir/cmdline") == "roost supervise kills " ]] || continue
        grep -qzFx "ROOST_RUN_DIR=$ROOST_RUN_DIR" "$dir/environ" 2>/dev/null && echo "${dir#/proc/}"
    done
}

emulators() {
    pgrep -f "^[^ ]*qemu.* -name guest=kills/m[0-9],.*$TMP" | sort
}

begin() {
    "$ROOST" "$@" </dev/null >"$TMP/out" 2>"$TMP/err" &
    command=$!
}

is_up() {
    r status kills --json
    [ "$status" = 0 ] && [[ $out == *'"state":"up"'* ]] && [ "$(emulators | wc -l)" = 8 ]
}

is_gone() {
    [ ! -e "$ROOST_RUN_DIR/kills/state.json" ] && [ -z "$(emulators)" ]
}

nothing_half() {
    [ -z "$(find "$ROOST_STATE_DIR/kills/checkpoints" -mindepth 1 -name '.*' 2>/dev/null)" ]
}

bring_up() {
    is_up && return
    r up -f kills.yaml --paused
    wait_for 60 is_up >/dev/null
}

# what an independent script sees of it; directories of the state stay on purpose
snapshot() {
    "$ROOST_SRCDIR/tests/integration/snapshot.sh" "$TMP" "$ROOST_RUN_DIR" "$ROOST_STATE_DIR" |
        grep -E '^(process|socket|file) ' | grep -v "^file d [0-9]* [0-9:]* $ROOST_STATE_DIR"
}

bring_up || lost=$((lost + 1))
r down --force kills
snapshot >"$TMP/before"
# a round in which the command was too fast for it has killed nobody
for ((n = 0; supervisors + clients < KILLS; n++)); do
    machine=m$((1 + RANDOM % 8))
    case $((RANDOM % 5)) in
    0) # up, from nothing
        r down --force kills
        begin up -f kills.yaml --paused
        strike
        bring_up || lost=$((lost + 1))
        ;;
    1) # down
        bring_up || lost=$((lost + 1))
        begin down --force kills
        strike
        r down --force kills
        wait_for 60 is_gone >/dev/null || ghosts=$((ghosts + 1))
        ;;
    2) # restart: the others keep their processes
        bring_up || lost=$((lost + 1))
        others=$(pgrep -f "^[^ ]*qemu.* -name guest=kills/m[0-9],.*$TMP" -a | grep -v "guest=kills/$machine," | cut -d' ' -f1 | sort)
        begin restart --force --no-wait "kills/$machine"
        strike
        r status kills
        for pid in $others; do
            kill -0 "$pid" 2>/dev/null || lost=$((lost + 1))
        done
        r start "kills/$machine" --paused
        wait_for 60 is_up >/dev/null || lost=$((lost + 1))
        ;;
    3) # forwards: every machine keeps its process
        bring_up || lost=$((lost + 1))
        before=$(emulators)
        begin forward add "kills/$machine" "tcp:127.0.0.1:0-:$((1000 + n)) as f$n"
        strike
        r status kills
        [ "$status" = 0 ] || refused=$((refused + 1))
        [ "$(emulators)" = "$before" ] || lost=$((lost + 1))
        ;;
    4) # a checkpoint is saved whole or not at all, and every machine keeps its process
        bring_up || lost=$((lost + 1))
        before=$(emulators)
        begin checkpoint save "c$n" kills
        strike
        r status kills
        [ "$status" = 0 ] || refused=$((refused + 1))
        [ "$(emulators)" = "$before" ] || lost=$((lost + 1))
        wait_for 60 nothing_half >/dev/null || left=1
        r checkpoint rm "c$n" kills
        ;;
    esac
done
r down --force kills
r gc
nothing_left kills >"$TMP/left" || left=1
snapshot >"$TMP/after"
diff "$TMP/before" "$TMP/after" >>"$TMP/left" || left=1
note "$n rounds from seed $KILLS_SEED: $supervisors supervisors and $clients commands were killed;" \
    "$lost machines lost, $ghosts that should not run, $refused commands refused"
is "no machine was lost" "$lost" 0
is "none runs that should not" "$ghosts" 0
is "no lab was refused to the next command" "$refused" 0
ok "nothing is left" test "$left" = 0 || note "$(<"$TMP/left")"
