#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a supervisor costs that has nothing to do: its memory (PSS) and how often it
# wakes up, as the kernel counts them. MACHINES=N (64), SECONDS_IDLE=N (60).
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU"
n=${MACHINES:-64} idle=${SECONDS_IDLE:-60}
plan 3
printf 'lab: idle\nmachines:\n  m[1-%d]: { memory: 16M, accel: tcg, vmport: off }\n' "$n" >idle.yaml
LAB_SECONDS=300 exits "up" 0 up -f idle.yaml --paused
pid=$(supervisor_pid idle)

# each wake-up is a voluntary switch away, sooner or later
switches() {
    awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$pid/status"
}
is_quiet() {
    local now
    now=$(switches)
    sleep 1
    [ "$(switches)" = "$now" ]
}
wait_for 120 is_quiet >/dev/null
before=$(switches)
sleep "$idle"
woken=$(($(switches) - before))
pss=$(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")
limit=$((6 * 1024 + 64 * n))
note "$n machines: PSS $pss KiB of at most $limit KiB; $woken wake-ups in $idle s"
is "no wake-up in $idle s" "$woken" 0
ok "PSS within 6 MiB and 64 KiB for each machine" test "$pss" -le "$limit"
