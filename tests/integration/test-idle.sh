#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A lab that only runs costs its host nothing but the machines: its supervisor and its
# switch do not wake up, and are small.
# Requirements: R27.
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU"
plan 5

cat >i.yaml <<END
lab: i
switches: { lan: { type: internal } }
machines:
  m[1-3]: { memory: 32M, accel: tcg, nics: { lan: { switch: lan } } }
END

# wakes PID: how often it has been woken so far
wakes() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$1/status"; }
# still PID: whether three seconds go by without a wake-up of it; that nothing
# happens can only be seen by looking on
still() {
    local before
    before=$(wakes "$1")
    sleep 3
    [ "$(wakes "$1")" = "$before" ]
}
kib() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }

exits "up" 0 up -f i.yaml
supervisor=$(supervisor_pid i)
switch=
for pid in $(lab_pids i); do
    case $(tr '\0' ' ' <"/proc/$pid/cmdline") in *lan.switch* | *switch*lan*) switch=$pid ;; esac
done
ok "the supervisor sleeps" wait_for 60 still "$supervisor"
ok "so does the switch" wait_for 60 still "${switch:-none}"
size=$(kib "$supervisor")
note "supervisor $size KiB, switch $(kib "$switch") KiB"
# 6 MiB and 64 KiB a machine, on a build without sanitizers
if grep -q libasan "/proc/$supervisor/maps"; then
    skip "the supervisor is small" "built with sanitizers"
else
    ok "the supervisor is small" test "$size" -le $((6 * 1024 + 3 * 64))
fi
exits "down" 0 down --force i
