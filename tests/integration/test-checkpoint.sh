#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checkpoints: two Linux machines with a counter each and a TCP connection between
# them go on from the instant that was saved, again and again, also when the
# supervisor dies meanwhile. CHECKPOINT_ROUNDS=20 goes back more often.
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

rounds=${CHECKPOINT_ROUNDS:-2}
linux_lab

all_run() { has_state cp m1 running && has_state cp m2 running; }
frozen() { [ -e "$ROOST_STATE_DIR/cp/checkpoints/.$1.part" ] || [ -e "$ROOST_STATE_DIR/cp/checkpoints/$1" ]; }
nothing_half() { ! ls -A "$ROOST_STATE_DIR/cp/checkpoints" | grep '^\.'; }

plan $((29 + 3 * rounds))
begin=$SECONDS
exits "up" 0 up -f cp.yaml
note "from the start to ready: $((SECONDS - begin)) s"
begin_counting
ok "the counter counts" wait_for 120 beyond m1 n 3
ok "the connection carries" wait_for 120 beyond m2 t 3
saved_n=$(number m1 n) saved_t=$(number m2 t)
exits "save" 0 checkpoint save one
ok "the lab goes on" all_run
exits "list" 0 checkpoint list cp --json
like "it is there" "$out" '"name":"one".*"machines":2'
exits "show" 0 checkpoint show one cp
like "with what was saved" "$out" 'm2 +running +[0-9.]+ MiB +1'
exits "the same name again is refused" 1 checkpoint save one
says "with what to do" 'checkpoint rm one'
guest_says cp m1 'echo later | dd of=/dev/vda bs=512 conv=notrunc 2>/dev/null; sync' >/dev/null

for ((round = 1; round <= rounds; round++)); do
    ok "round $round: it has counted on" wait_for 300 beyond m1 n $((saved_n + 80))
    begin=$SECONDS
    exits "round $round: restore" 0 checkpoint restore one
    note "from restore to ready: $((SECONDS - begin)) s"
    ok "round $round: the counter goes on from there" back_to "$saved_n" m1 n
done
ok "and so does the connection" back_to "$saved_t" m2 t
is "what was written to the disk since is gone" "$(guest_says cp m1 'dd if=/dev/vda bs=5 count=1 2>/dev/null | tr -d "\\0"')" ""

# --- the supervisor dies ----------------------------------------------------------------------
timeout 120 "$ROOST" checkpoint save two </dev/null >/dev/null 2>&1 &
saver=$!
started $saver
ok "a save begins" wait_for 60 frozen two
kill -KILL "$(supervisor_pid cp)"
wait $saver
ok "killed while it saved: both machines run" wait_for 120 all_run
ok "nothing half is left" nothing_half
exits "a save after that" 0 checkpoint save three
timeout 300 "$ROOST" checkpoint restore three </dev/null >/dev/null 2>&1 &
restorer=$!
started $restorer
ok "a restore begins" wait_for 60 bash -c "! [ -e '$ROOST_RUN_DIR/cp/state.json' ] || ! kill -0 $restorer 2>/dev/null"
pid=$(supervisor_pid cp)
[ -z "$pid" ] || kill -KILL "$pid"
wait $restorer
r down --force cp
ok "killed while it restored: down leaves nothing" nothing_left cp
exits "up --from" 0 up -f cp.yaml --from three
ok "the counter goes on" wait_for 120 beyond m1 n "$saved_n"
exits "down" 0 down --force cp
exits "run --from" 0 run -f cp.yaml --from three -- sh -c '[ -S "$ROOST_M1_QMP" ]'

# --- what does not fit ----------------------------------------------------------------------------
sed 's/memory: 160M/memory: 192M/' cp.yaml >other.yaml
exits "another machine is refused" 1 up -f other.yaml --from three
says "with what differs" 'machine m1 was `-m size=160M` and would be `-m size=192M`'
exits "rm" 0 checkpoint rm one cp
exits "up from another one still works" 0 up -f cp.yaml --from three
exits "down --delete-disks takes all" 0 down --force --delete-disks --yes cp
ok "no checkpoint is left" test ! -e "$ROOST_STATE_DIR/cp/checkpoints"
