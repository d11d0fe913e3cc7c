#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Verbs that take several machines, by names and patterns, and what is told of many
# labs at once: real QEMU, machines that only say who they are.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img as ld
plan 50

for name in web1 web2 db; do
    "$ROOST_SRCDIR/tests/guest/mkboot.sh" "$name" "$TMP/$name.raw" >/dev/null
done
cat >many.yaml <<'END'
lab: many
templates:
  small:
    memory: 32M
    accel: tcg
    disks: { boot: { bus: ide, image: "${machine}.raw" } }
    machine: i440fx
    ready: { serial: "@BOOTED" }
machines:
  web[1-2]: { template: small }
  db: { template: small }
END
sed 's/^lab: many/lab: other/; /^  web/d' many.yaml >other.yaml

state_of() { field many "$1" state; }
states() { echo "$(state_of web1) $(state_of web2) $(state_of db)"; }

exits "up" 0 up -f many.yaml
exits "up of another lab" 0 up -f other.yaml

# --- patterns ---------------------------------------------------------------------
exits "stop of a pattern" 0 stop --force 'many/web*'
is "what matches is stopped, and nothing else" "$(states)" "stopped stopped running"
is "and nothing of the other lab" "$(field other db state)" running
exits "start of a pattern: ready when it returns" 0 start 'many/web[12]'
is "all run" "$(states)" "running running running"
exits "a pattern and a name that it stands for: once" 0 stop --force many/web1 'many/w*1'
is "it is stopped" "$(states)" "stopped running running"
exits "a pattern that nothing matches" 1 stop 'many/x*'
says "tells so" '^roost: lab many has no machine that x\* matches'
is "and does nothing" "$(states)" "stopped running running"
exits "machines of two labs at once" 0 pause many/db 'other/*'
ok "the one is paused" has_state many db paused
ok "the other one too" has_state other db paused
exits "all are tried" 1 resume many/nosuch many/web1 many/db
ok "one after two that fail" wait_for 10 has_state many db running
is "both failures are told" "$err" "roost: the lab has no machine nosuch
machine web1: it is stopped"
exits "a name that is nearly right" 1 stop many/wbe2
says "the right one is told" '^roost: the lab has no machine wbe2 \(did you mean web2\?\)'
while read -r verb words; do
    # shellcheck disable=SC2086 # they are words
    r "$verb" $words
    says "$verb tells it as well" '^roost: the lab has no machine wbe2 \(did you mean web2\?\)'
done <<'END'
send-key many/wbe2 a
link many/wbe2 lan down
media eject many/wbe2 cd
image commit many/wbe2 boot
image stream many/wbe2 boot
wait many/wbe2 --serial x
END
exits "wait for several" 0 wait 'many/web2' 'many/db' --serial '@BOOTED'
exits "wait for several, of which one cannot" 5 wait 'many/*' --serial '@BOOTED'
exits "a picture of several" 2 screenshot 'many/*'
says "is refused" '^roost: many/\* matches 3 machines'

# both are asked at once: guests without an operating system let the grace pass
begin=$(now_ms)
exits "start again" 0 start many/web1
exits "a grace that two let pass" 0 stop --grace 3s many/web1 many/web2 many/db
is "all are stopped" "$(states)" "stopped stopped stopped"
took=$(($(now_ms) - begin))
note "started one and stopped three with 3 s of grace each in $took ms"

# --- logs -------------------------------------------------------------------------
exits "log of all machines" 0 log -l many -n 1
is "each line says whose it is" "$(tr -d '\r' <<<"$out" | sed 's/dl=.*//' | sort -u)" \
    "db   | @BOOTED db 
web1 | @BOOTED web1 
web2 | @BOOTED web2 "
exits "log of one is as it is" 0 log many/db -n 1
like "without a name" "$out" '^@BOOTED db'
exits "log of a pattern" 0 log 'many/w*' -n 1
is "only what matches" "$(cut -d' ' -f1 <<<"$out" | sort -u | xargs)" "web1 web2"
exits "log of a pattern that nothing matches" 1 log 'many/x*'
"$ROOST" log -F -n 1 'many/*' >follow 2>&1 &
started $!
ok "follow: the end of each" wait_for_line follow '^web2 \| @BOOTED web2' 60
exits "start of them" 0 start many/web2
ok "follow: what comes" wait_for_line follow '^web2 \| @BOOTED web2' 60 2

# --- ps ---------------------------------------------------------------------------
exits "ps --usage" 0 ps --usage
like "a row for each that runs" "$out" $'many +web2 +[0-9]+ +[0-9]+% of 1 +[0-9.]+ MiB of 32M '
exits "ps --usage --json" 0 ps --usage --json
like "the same for programs" "$out" '"machine":"web2","pid":[0-9]+,"cpus":1,"cpu_load":[0-9.e-]+,"cpu_ms":[0-9]+,"memory":33554432,"memory_used":[1-9][0-9]+,"up_ms":[1-9]'
exits "down" 0 down many --force
exits "ps --all" 0 ps --all
like "labs that are up and those that have left something" "$out" $'other +1/1 .*\nmany +down +- +[0-9.]+ [KM]iB in '
