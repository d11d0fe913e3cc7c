#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A save that is given up while memory is being written, by Ctrl-C, by a `down` and by the
# death of its supervisor: the lab goes on or is gone, and no file or layer is left. One
# emulator is held meanwhile, so that its memory is not written to the end.
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

counting_lab ca
sed -i 's/memory: 32M/memory: 128M/' ca.yaml
checkpoints=$ROOST_STATE_DIR/ca/checkpoints
layers() { grep -c '"name"' "$ROOST_STATE_DIR/ca/disks/$1.boot.json"; }
files() { ls "$ROOST_STATE_DIR/ca/disks" | grep -c "^$1.boot.*qcow2"; }
clean() {
    [ "$(layers m1) $(layers m2) $(files m1) $(files m2)" = "1 1 1 1" ] && ! ls -A "$checkpoints" 2>/dev/null | grep .
}
counting() { # MACHINE: it counts, now
    local n
    n=$(counts ca "$1" | wc -l)
    wait_for 60 bash -c "[ \$(counts ca $1 | wc -l) -gt $n ]"
}
run() { wait_for 60 has_state ca m1 running && wait_for 60 has_state ca m2 running && counting m1 && counting m2; }

# held: the emulator of m1 has not written its memory: it has the file open, or not begun
held() {
    [ -e "$checkpoints/.k.part/m1.ram" ] && ! wait_for_exit $saver 1 >/dev/null &&
        { [ ! -s "$checkpoints/.k.part/m1.ram" ] || ls -l "/proc/$pid/fd" | grep -q m1.ram; }
}
# hold: a save begins, and stands while the memory of m1 is written; again when it was
# too quick for us
hold() {
    local try
    pid=$(field ca m1 pid)
    for try in 1 2 3 4 5 6 7 8; do
        timeout 200 "$ROOST" checkpoint save k ca </dev/null >"$TMP/save.out" 2>&1 &
        saver=$!
        started $saver
        until [ -e "$checkpoints/.k.part/m1.ram" ] || ! kill -0 $saver 2>/dev/null; do :; done
        kill -STOP "$pid"
        held && return
        kill -CONT "$pid"
        wait $saver
        r checkpoint rm k ca
    done
    return 1
}
ended() {
    kill -CONT "$pid" 2>/dev/null
    wait "$saver"
    saved=$?
}

plan 18
exits "up" 0 up -f ca.yaml
for m in m1 m2; do ok "$m counts" wait_for 60 beyond_count ca $m 2; done

hold
is "memory is being written" "$?" 0
kill -INT "$(pgrep -P $saver)"
r status ca # by then it has arrived
r status ca
ended
is "Ctrl-C cancels it" "$saved" 1
ok "with that word" grep -q 'cancelled: nothing of it is left, and the lab goes on' "$TMP/save.out"
ok "nothing is left" clean
ok "both machines run" run
exits "and can be saved" 0 checkpoint save whole
exits "and that goes" 0 checkpoint rm whole ca

hold
is "memory is being written" "$?" 0
# what a qemu-img leaves that dies with it, when it has just begun the next layer
qemu-img create -q -f qcow2 "$ROOST_STATE_DIR/ca/disks/m1.boot.2.qcow2" 0
kill_supervisor ca
ended
ok "its supervisor dies: both machines run" run
wait_for 60 clean >/dev/null
ok "and nothing is left" clean

hold
is "memory is being written" "$?" 0
supervisor=$(supervisor_pid ca)
connections=$(ls "/proc/$supervisor/fd" | wc -l)
timeout 100 "$ROOST" down ca --force </dev/null >"$TMP/down.out" 2>&1 &
downer=$!
started $downer
more() { [ "$(ls "/proc/$supervisor/fd" 2>/dev/null | wc -l)" -gt "$connections" ]; }
wait_for 60 more >/dev/null
r status ca # by then its command has arrived
r status ca
ended
wait $downer
is "a lab that goes down cancels it" "$saved, $?" "1, 0"
ok "nothing of the lab is left" nothing_left ca
ok "nor of the save" clean
ok "the supervisors have nothing to say" logs_are_clean
