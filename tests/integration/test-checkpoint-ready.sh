#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Nobody says again what he said before: a machine that was ready is so for the next
# supervisor as well, and what had held of the others holds; a checkpoint that is saved
# while machines wait for something brings up machines that wait for the rest alone.
. "${ROOST_SRCDIR:?}/tests/integration/checkpoint.sh"

counting_lab rd
# STOP comes once, with a pause; @WROTE and @DISK when they are asked for
cat >>rd.yaml <<'YAML'
  m3: { template: counts, ready: { serial: "@WROTE", qmp_event: STOP, timeout: 1h } }
  m4: { template: counts, ready: { serial: ["@WROTE", "@DISK"], timeout: 1h } }
YAML
sed -i 's/^  m2: .*/  m2: { template: counts, ready: { qmp_event: STOP, timeout: 1h } }/' rd.yaml
readiness() { field "$1" "$2" ready; }
is_ready() { [ "$(readiness "$1" "$2")" = ready ]; }
log=$ROOST_STATE_DIR/rd/logs
# taken_over LAB: its supervisor dies, and the next one has taken it over
taken_over() {
    kill_supervisor "$1" && r status "$1" && [ "$status" = 0 ]
}
# holds LAB MACHINE TEXT: the state has that as having held
holds() { grep -o '"id":"machine:'"$2"'"[^}]*}*[^}]*' "$ROOST_RUN_DIR/$1/state.json" | grep -q "held.*$3"; }
# beside LAB: what only the supervisor of before the save could have seen
copy() {
    exits "a copy $1" 0 up -f "${3:-rd.yaml}" --from "$2" --name "$1" --no-wait
}

plan 47
exits "up" 0 up -f rd.yaml --no-wait
for m in m1 m2 m3 m4; do ok "$m counts" wait_for 60 beyond_count rd $m 2; done
ok "one that waits for nothing is ready" is_ready rd m1
is "one that waits is not" "$(readiness rd m2)" waiting

# --- the supervisor dies ---------------------------------------------------------------------------
exits "what it waits for" 0 pause m2 -l rd
exits "comes" 0 resume m2 -l rd
ok "it is ready" wait_for 60 is_ready rd m2
exits "another has half of it" 0 pause m3 -l rd
exits "and goes on" 0 resume m3 -l rd
ok "which is written down" wait_for 60 holds rd m3 qmp-event
ok "and so has a third" tell rd m4 w
ok "which is written down" wait_for 60 holds rd m4 '@WROTE'
ok "another supervisor" taken_over rd
is "has one that is ready" "$(readiness rd m2)" ready
is "and one that waits" "$(readiness rd m3)" waiting
exits "a save just after that" 0 checkpoint save one rd
ok "the rest comes" tell rd m3 w
ok "and it is ready" wait_for 60 is_ready rd m3
exits "one that stands" 0 pause m3 -l rd
ok "for another supervisor" taken_over rd
is "was ready as well" "$(readiness rd m3)" ready
exits "it goes on" 0 resume m3 -l rd
exits "a new process" 0 restart m4 -l rd --force --no-wait
ok "counts" wait_for 60 test "$(grep -ac '@COUNT' "$log/m4.serial0.log")" -gt 0
ok "and has another supervisor" taken_over rd
tell rd m4 r >"$TMP/told"
r status rd
is "what the process before has said does not count for it" "$(readiness rd m4)" waiting

# --- checkpoints ------------------------------------------------------------------------------------
copy rd2 one
is "one that was ready is" "$(readiness rd2 m2)" ready
is "one that had half of it waits" "$(readiness rd2 m3)" waiting
ok "the rest comes" tell rd2 m3 w
ok "and it is ready" wait_for 60 is_ready rd2 m3
ok "what was said before the save can be waited for" timeout 60 "$ROOST" wait m4 -l rd2 --serial '@WROTE' --timeout 20s
ok "by those who want what is new it cannot" bash -c "! timeout 60 '$ROOST' wait m4 -l rd2 --serial '@WROTE' --new --timeout 1s"
ok "another supervisor" taken_over rd2
ok "knows it as well: the rest comes" tell rd2 m4 r
ok "and it is ready" wait_for 60 is_ready rd2 m4
exits "it goes" 0 down rd2 --force --delete-disks --yes
sed 's/m4: .*/m4: { template: counts, ready: { serial: "@COUNT 0*1\\\\b", timeout: 1h } }/' rd.yaml >other.yaml
copy rd3 one other.yaml
ok "what is waited for since then, and was said before, holds" wait_for 60 is_ready rd3 m4
exits "it goes" 0 down rd3 --force --delete-disks --yes
exits "back to it" 0 down rd --force
exits "goes on" 0 up -f rd.yaml --from one --no-wait
is "with one that has half of it" "$(readiness rd m3)" waiting
ok "the supervisors have nothing to say" logs_are_clean
