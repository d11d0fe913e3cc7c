#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Labs whose supervisor died: adopted, taken down by name without their profile,
# and cleared up behind; labs that live are not touched.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU"
plan 26

lab() {
    cat >"$1.yaml" <<END
lab: $1
switches: { lan: { type: internal } }
machines:
  m: { memory: 32M, accel: tcg, nics: { lan: { switch: lan } } }
END
    exits "$1: up" 0 up -f "$1.yaml" --paused
}

lab lives
lab dead
lab lost
ok "the supervisor of one is killed" kill_supervisor lost
ok "and of another" kill_supervisor dead
machine=$(pgrep -f "^[^ ]*qemu.* -name guest=dead/m,.*$TMP")
kill -KILL "$machine"
wait_for_exit "$machine" 60
exits "gc --dry-run" 0 gc --dry-run
like "gc --dry-run: the dead one is told of" "$out" 'lab dead: would remove machine:m'
ok "gc --dry-run: and no other" test -z "$(grep -v '^lab dead: would remove' "$TMP/out")"
exits "gc" 0 gc
ok "gc: nothing of it is left" nothing_left dead
exits "gc again" 0 gc
is "gc again: nothing to do" "$out" "no dead lab has left anything"

# a machine that lives keeps its lab; its supervisor comes back by name alone
rm lost.yaml
exits "adopt" 0 adopt
like "adopt: the one that was lost" "$out" 'lab lost was taken over'
like "adopt: the one that lives" "$out" 'lab lives has its supervisor'
is "adopt: its machine" "$(field lost m state)" paused
old=$(pgrep -f "^roost-switch .*$TMP/r/lost/")
kill -KILL "$old"
switch_is_back() {
    local now
    now=$(pgrep -f "^roost-switch .*$TMP/r/lost/") && [ "$now" != "$old" ]
}
ok "a switch that dies is started again" wait_for 60 switch_is_back
exits "a lab whose profile is gone goes down by name" 0 down --force lost
ok "nothing is left" nothing_left lost

# what a supervisor leaves that is killed between its last file and its directory
half() {
    mkdir -m 700 "$TMP/r/half"
    echo '{}' >"$TMP/r/half/plan.json"
}
half
exits "gc of remains" 0 gc
ok "gc of remains: they are gone" test ! -e "$TMP/r/half"
half
exits "down of remains" 0 down --delete-disks --yes half
ok "down of remains: they are gone" test ! -e "$TMP/r/half"
exits "the one that lives goes down" 0 down --force lives
ok "nothing is left of it" nothing_left lives
ok "nobody complained" logs_are_clean
