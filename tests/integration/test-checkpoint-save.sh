#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checkpoints that fail, are cancelled or removed: the lab goes on, and neither files
# nor layers of disks are left. Chains stay short over many of them, whether the lab
# is up or down.
if [ -z "${CHECKPOINT_MOUNTS:-}" ]; then # file systems of its own
    if [ "$(id -u)" = 0 ]; then inside=(unshare -m); else inside=(unshare -Urm); fi
    "${inside[@]}" true 2>/dev/null && CHECKPOINT_MOUNTS=1 exec "${inside[@]}" bash "$0" "$@"
fi
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

counting_lab cp
rounds=${CHECKPOINT_ROUNDS:-5}
kills=${CHECKPOINT_KILLS:-3}
checkpoints=$ROOST_STATE_DIR/cp/checkpoints

layers() { grep -c '"name"' "$ROOST_STATE_DIR/cp/disks/$1.boot.json"; }
files() { ls "$ROOST_STATE_DIR/cp/disks" | grep -c "^$1.boot.*qcow2"; }
# clean N: each disk has N layers, and as many files; nothing half is there
clean() {
    local m
    for m in m1 m2; do
        [ "$(layers $m)" = "$1" ] && [ "$(files $m)" = "$1" ] || {
            echo "$m: $(layers $m) layers, $(files $m) files"
            ls "$ROOST_STATE_DIR/cp/disks"
            return 1
        }
    done
    ! ls -A "$checkpoints" 2>/dev/null | grep '^\.'
}
run() { wait_for 60 has_state cp m1 running && wait_for 60 has_state cp m2 running && counts_on m1 && counts_on m2; }
counts_on() { wait_for 60 beyond_count cp "$1" "$(count cp "$1")"; }
qemu_pid() { field cp "$1" pid; }
same() { [ "$(tell cp m1 r)" = "$wrote" ]; }

exits_quietly() {
    r "$@"
    [ "$status" = 0 ]
}

# begin_save NAME: in the background
begin_save() {
    timeout 200 "$ROOST" checkpoint save "$1" cp </dev/null >"$TMP/save.out" 2>&1 &
    saver=$!
    started $saver
}
begun() { ls -A "$checkpoints" 2>/dev/null | grep -q "^\.$1.part"; }
ended() {
    wait "$saver"
    saved=$?
}

plan 63
exits "up" 0 up -f cp.yaml
ok "it counts" wait_for 60 beyond_count cp m1 2

# --- chains ----------------------------------------------------------------------------------------
for ((i = 1; i <= rounds; i++)); do
    wrote=$(tell cp m1 w)
    r checkpoint save "s$i"
    [ "$status" = 0 ] || note "save: $err"
    [ "$i" = 1 ] || r checkpoint rm "s$((i - 1))" cp
    [ "$status" = 0 ] && [ -z "$err" ] || note "rm: $status $err"
done
ok "after $rounds checkpoints, each of which replaced the last, the chain is short" test "$(layers m1)" -le 3
ok "and as long as the files are many" test "$(layers m1)" = "$(files m1)"
ok "what was written is there" same
exits "back to the last" 0 checkpoint restore "s$rounds" cp
ok "what was written is there" same
exits "without it" 0 checkpoint rm "s$rounds" cp
ok "there is one layer, as at the beginning" clean 1
ok "and it runs" run
ok "what was written is there" same
exits "save" 0 checkpoint save one
exits "and again" 0 checkpoint save two
wrote=$(tell cp m1 w)
exits "down" 0 down cp --force
exits "one goes while the lab is down" 0 checkpoint rm one cp
is "without a word" "$err" ""
exits "and the other" 0 checkpoint rm two cp
ok "there is one layer again" clean 1
ok "nothing is left in the run directory" test ! -e "$ROOST_RUN_DIR/cp"
exits "up" 0 up -f cp.yaml
ok "it counts" wait_for 60 beyond_count cp m2 2
ok "what was written is there" same
exits "a layer that somebody wants" 0 image snapshot m1 boot -l cp
exits "is not that of a checkpoint" 0 checkpoint save one
exits "and stays" 0 checkpoint rm one cp
is "when that goes" "$(layers m1)" 2
exits "until it is unwanted" 0 image commit m1 boot -l cp
ok "one layer" clean 1

# --- saves that fail --------------------------------------------------------------------------------
mkdir -p "$checkpoints"
if mount -t tmpfs -o size=64k none "$checkpoints" 2>/dev/null; then
    exits "a file system that is full" 5 checkpoint save full
    like "is told" "$err" 'machine m[12]: saving its memory'
    ok "nothing is left of it" clean 1
    ok "and the lab runs" run
    umount "$checkpoints"
else
    for i in 1 2 3 4; do skip "a file system that is full" "nothing can be mounted here"; done
fi
sed 's/^  m2: .*/  m2: { template: counts, args: [-object, "memory-backend-memfd,id=shm,size=1M", -device, "ivshmem-plain,memdev=shm,master=off"] }/' cp.yaml >blocked.yaml
exits "down" 0 down cp --force
exits "a machine that cannot be saved" 0 up -f blocked.yaml
ok "it counts" wait_for 60 beyond_count cp m2 2
exits "fails the save" 5 checkpoint save blocked cp
ok "with the reason" grep -q 'ivshmem' "$TMP/err"
ok "nothing is left of it" clean 1
ok "and both run" run
exits "down" 0 down cp --force
exits "up" 0 up -f cp.yaml
ok "it counts" wait_for 60 beyond_count cp m2 2

# an emulator that is killed: before anything, and when its memory is being written
kill -STOP "$(qemu_pid m1)"
begin_save killed
ok "a save begins" wait_for 60 begun killed
kill -KILL "$(qemu_pid m1)"
ended
is "an emulator that is killed fails it" "$saved" 5
ok "the other one goes on" counts_on m2
exits "and it can start again" 0 start m1 -l cp
ok "nothing is left of the save" clean 1
bad=
for ((i = 1; i <= 3; i++)); do
    pid=$(qemu_pid m1)
    begin_save k
    until [ -e "$checkpoints/.k.part/m1.ram" ] || ! kill -0 $saver 2>/dev/null; do :; done
    kill -KILL "$pid"
    ended
    wait_for 60 has_state cp m1 crashed >/dev/null
    r start m1 -l cp
    if [ "$saved" = 0 ] || [ -e "$checkpoints/k" ]; then
        r checkpoint rm k cp
    fi
    clean 1 >"$TMP/clean" || bad+="round $i, save ended with $saved: $(cat "$TMP/clean" "$TMP/save.out")"$'\n'
done
is "killed while it is saved: no layer is left, however it ended" "$bad" ""
ok "and both run" run

# --- cancelled ----------------------------------------------------------------------------------------
# connected [N]: how many descriptors the supervisor has, or whether there are N
connected() {
    local n
    n=$(ls "/proc/$supervisor/fd" | wc -l)
    if [ $# -gt 0 ]; then [ "$n" -ge "$1" ]; else echo "$n"; fi
}
supervisor=$(supervisor_pid cp)
pid=$(qemu_pid m1)
kill -STOP "$pid"
begin_save cancelled
wait_for 60 begun cancelled
kill -INT "$(pgrep -P $saver)"
begin_save queued
kill -CONT "$pid"
ended
is "Ctrl-C cancels it, and the one that waits has its turn" "$saved" 0
ok "of which there is all, and of the other nothing" test "$(ls -A "$checkpoints")" = queued
exits "it goes" 0 checkpoint rm queued cp
ok "nothing is left" clean 1
kill -STOP "$pid"
begin_save down
wait_for 60 begun down
connections=$(connected)
timeout 100 "$ROOST" down cp --force </dev/null >"$TMP/down.out" 2>&1 &
downer=$!
started $downer
wait_for 60 connected $((connections + 1))
r status cp # by then its command has arrived
r status cp
kill -CONT "$pid"
ended
wait $downer
is "a lab that goes down cancels it as well" "$saved, $?" "1, 0"
ok "nothing of the lab is left" nothing_left cp
ok "nor of the save" clean 1

# --- supervisors that are killed, at random moments ---------------------------------------------------
# strike LIMIT: kills the supervisor, at most so many milliseconds later
strike() {
    local pid
    sleep "0.$(printf %03d $((RANDOM % $1)))"
    pid=$(supervisor_pid cp)
    [ -z "$pid" ] || kill -KILL "$pid"
}
exits "up" 0 up -f cp.yaml
bad='' whole=0
for ((i = 1; i <= kills; i++)); do
    begin_save k
    strike 600
    ended
    run >"$TMP/run" || bad+="round $i: $(cat "$TMP/run")"$'\n'
    if [ -e "$checkpoints/k" ]; then
        whole=$((whole + 1))
        exits_quietly checkpoint rm k cp || bad+="round $i: rm: $err"$'\n'
    fi
    wait_for 30 clean 1 >/dev/null || bad+="round $i, save ended with $saved: $(clean 1)"$'\n'
done
is "killed $kills times while it saves: the lab goes on, and nothing is left" "$bad" ""
note "$whole of them were saved all the same"
wrote=$(tell cp m1 w)
exits "save" 0 checkpoint save base
base=$(count cp m1)
bad=''
for ((i = 1; i <= kills; i++)); do
    timeout 200 "$ROOST" checkpoint restore base cp </dev/null >"$TMP/restore.out" 2>&1 &
    saver=$!
    started $saver
    strike 900
    ended
    r down cp --force
    nothing_left cp >"$TMP/left" || bad+="round $i: $(cat "$TMP/left")"$'\n'
    exits_quietly up -f cp.yaml --from base || bad+="round $i: up: $err"$'\n'
    counts_from cp m1 "$base" >"$TMP/run" || bad+="round $i: $(cat "$TMP/run")"$'\n'
    same || bad+="round $i: the disk is another"$'\n'
done
is "killed $kills times while it restores: what was saved can be gone on from" "$bad" ""
exits "rm" 0 checkpoint rm base cp
wait_for 60 clean 1 >/dev/null
ok "one layer" clean 1
ok "the supervisors have nothing to say" logs_are_clean
