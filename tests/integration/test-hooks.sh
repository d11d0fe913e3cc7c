#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Hooks on real QEMU: in which order they run, what they are told, what follows
# when one fails or takes too long, and that each is undone by its counterpart,
# also by a supervisor that comes after one that was killed.
# Requirements: R23.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need python3 qemu-img
plan 38
LOG=$ROOST_STATE_DIR/hooks/logs/hooks.log

# Runs in the folder of the profile, which is $TMP, with an environment of few words.
cat >hook.sh <<'END'
#!/bin/bash
who=${ROOST_MACHINE:-lab}${ROOST_DISK:+/$ROOST_DISK}
echo "$ROOST_HOOK $who" >>calls
cat >"told.$ROOST_HOOK.${who//\//-}"
tr '\0' '\n' </proc/$$/environ >"words.$ROOST_HOOK.${who//\//-}"
echo "this is $who"
case $1 in
fail) echo "no such server" >&2; exit 3 ;;
hang) sleep 1000 & echo $! >asleep; wait ;;
make) qemu-img create -q -f qcow2 "$2" 8M ;;
gate) until [ -e go ]; do sleep 0.1; done ;;
esac
END
chmod +x hook.sh

# lab LAB-HOOKS MACHINE-HOOKS DISK-KEYS
lab() {
    cat >lab.yaml <<END
lab: hooks
hooks: { $1 }
machines:
  m:
    memory: 32M
    accel: tcg
    hooks: { $2 }
    disks:
      d: { size: 8M, $3 }
  other: { memory: 32M, accel: tcg }
END
    rm -f calls go
}
H='[./hook.sh]'
ALL="before_up: $H, after_up: $H, before_down: $H, after_down: $H"
calls() { paste -sd, calls; }
up() { r up -f lab.yaml --paused "$@"; }
is_json() { python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$1"; }
names() { cut -d= -f1 "$1" | sort | paste -sd ' '; }

# --- all of them, once up and once down ---

lab "$ALL" "$ALL" "hooks: { $ALL }"
exits "a lab with every hook comes up" 0 up -f lab.yaml --paused
is "from the outside to the inside and back" "$(calls)" \
    "before_up lab,before_up m,before_up m/d,after_up m/d,after_up m,after_up lab"
ok "before_up reads JSON" is_json told.before_up.m
ok "the plan" grep -q '"steps"' told.before_up.m
ok "after_up reads JSON" is_json told.after_up.lab
like "how the lab is" "$(cat told.after_up.lab)" '"name":"m","state":"(paused|running)"'
is "the environment of a lab's is short" "$(names words.before_up.lab)" \
    "HOME PATH ROOST_HOOK ROOST_LAB ROOST_RUN_DIR ROOST_STATE_DIR"
is "that of a disk's says of which" "$(grep -E '^ROOST_(LAB|MACHINE|DISK|STATE_DIR)=' words.after_up.m-d | sort | paste -sd ' ')" \
    "ROOST_DISK=d ROOST_LAB=hooks ROOST_MACHINE=m ROOST_STATE_DIR=$ROOST_STATE_DIR/hooks"
ok "what they say is in a log" grep -qx 'disk m/d: after_up: this is m/d' "$LOG"
rm calls
exits "it goes down" 0 down --force hooks
is "the other way round" "$(calls)" \
    "before_down lab,before_down m,before_down m/d,after_down m/d,after_down m,after_down lab"
ok "after_down reads JSON" is_json told.after_down.m
ok "nothing is left" nothing_left hooks
rm -r "$ROOST_STATE_DIR/hooks/disks"

# --- one that fails ---

lab "before_up: [./hook.sh, fail], after_down: $H" "$ALL" ""
exits "a before_up that fails" 1 up -f lab.yaml --paused
says "fails the up with what it said" \
    'lab\.yaml:2: lab hooks: before_up: hook\.sh failed with status 3: this is lab; no such server'
is "and is undone before anything was done" "$(calls)" "before_up lab,after_down lab"
ok "nothing is left" nothing_left hooks
ok "and no disk" no_disk hooks
lab "" "before_up: $H, after_up: [./hook.sh, fail], before_down: $H, after_down: $H" ""
exits "an after_up that fails" 1 up -f lab.yaml --paused
is "is undone with all that was done before" "$(calls)" \
    "before_up m,after_up m,before_down m,after_down m"
ok "nothing is left" nothing_left hooks
lab "" "before_down: [./hook.sh, fail], after_down: $H" ""
up
exits "a before_down that fails" 0 down --force hooks
like "is told" "$err" 'machine m: before_down: hook\.sh failed with status 3'
is "and all goes down" "$(calls)" "before_down m,after_down m"
ok "nothing is left" nothing_left hooks
lab "before_up: [./hook.sh, hang], timeout: 1s" "" ""
exits "one that does not end" 6 up -f lab.yaml --paused
says "is told with its deadline" 'before_up: hook\.sh did not end within 1000 ms and was killed'
wait_for_exit "$(cat asleep)" 30 && pass "and ended with what it has started" || fail "what it started runs on"

# --- what a hook brings need not be there before ---

rm -r "$ROOST_STATE_DIR/hooks/disks"
lab "before_up: [./hook.sh, make, '$TMP/late.qcow2']" "" "image: late.qcow2"
exits "an image that before_up brings" 0 up -f lab.yaml --paused

# --- a lab that is up ---

pid=$(field hooks m pid)
lab "before_up: [none], after_down: $H" "before_up: $H, after_down: $H" "image: late.qcow2"
exits "other hooks for a lab that is up" 0 up -f lab.yaml --paused
is "restart no machine" "$(field hooks m pid)" "$pid"
is "and run what is new alone" "$(calls)" "before_up m"
rm calls
r down --force hooks
is "those of now run at the end" "$(calls)" "after_down m,after_down lab"

# --- a supervisor that is killed ---

rm -r "$ROOST_STATE_DIR/hooks/disks"
lab "before_up: [./hook.sh, gate], after_down: $H" "" ""
timeout 120 "$ROOST" up -f lab.yaml --paused </dev/null >/dev/null 2>&1 &
client=$!
wait_for_line calls "before_up lab" 60 >/dev/null
kill_supervisor hooks
wait_for_exit "$client" 60 >/dev/null
touch go
exits "the next one is started" 0 status hooks
is_up() { timeout "$LAB_SECONDS" "$ROOST" status hooks --json </dev/null 2>/dev/null | grep -q '"state":"up"'; }
ok "and ends what was begun" wait_for 60 is_up
is "undoing the hook before it runs again" "$(calls)" "before_up lab,after_down lab,before_up lab"
r down --force hooks
ok "nothing is left" nothing_left hooks
ok "no supervisor complained" logs_are_clean
