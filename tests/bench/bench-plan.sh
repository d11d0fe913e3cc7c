#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How long reading, checking and planning takes, by the number of machines: the
# budget is half a second for 1,000, and it is to grow with the number alone.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
RUNS=${RUNS:-5}
[ $# -gt 0 ] || set -- 125 250 500 1000 2000 4000
export ROOST_RUN_DIR=$TMP/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache

# One template, ranges, and what costs most in each machine: disks, NICs with
# VLANs on internal switches (each has at most 1,024 ports), forwards, waiting.
write_profile() {
    local i left=$1 first=1 last
    echo 'lab: large'
    echo 'switches:'
    for ((i = 0; i <= ($1 - 1) / 1000; i++)); do
        echo "  lan$i: { type: internal }"
    done
    cat <<'EOT'
templates:
  node:
    accel: [tcg]
    memory: 64M
    disks:
      boot: { bus: usb, size: 4G, bootindex: 1 }
      data: { bus: ahci, size: 8G, bootindex: 2 }
    forwards: ["tcp:0-:80 as http"]
    ready: { tcp: http }
machines:
  first: { template: node, nics: { nat: { switch: user } } }
EOT
    for ((i = 0; left > 0; i++, first = last + 1)); do
        last=$((first + (left < 1000 ? left : 1000) - 1))
        left=$((left - (last - first + 1)))
        echo "  n[$first-$last]: { template: node, after: [first], nics: { nat: { switch: user }, lan: { switch: lan$i, vlan: 10 } } }"
    done
}

# ms COMMAND...: the least of RUNS runs
ms() {
    local run begun ended least=
    for ((run = 0; run < RUNS; run++)); do
        begun=${EPOCHREALTIME/[.,]/}
        "$@" >"$TMP/out" 2>&1 || {
            cat "$TMP/out" >&2
            exit 1
        }
        ended=${EPOCHREALTIME/[.,]/}
        [ -n "$least" ] && [ $((ended - begun)) -ge "$least" ] || least=$((ended - begun))
    done
    awk "BEGIN { print $least / 1000 }"
}

for n in "$@"; do
    write_profile "$n" >"$TMP/large.yaml"
    "$ROOST" check -f "$TMP/large.yaml" >/dev/null || exit 1 # the emulator has been asked
    check=$(ms "$ROOST" check -f "$TMP/large.yaml")
    plan=$(ms "$ROOST" plan --json -f "$TMP/large.yaml")
    awk "BEGIN { printf \"%5d machines: check %7.1f ms (%.3f each), plan --json %7.1f ms\n\", $n, $check, $check / $n, $plan }"
done
