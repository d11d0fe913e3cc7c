#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What `roost up --paused` costs over starting the very same command lines bare,
# paired in one run: all at once, and as many at a time as roost would, which is
# faster where there are few processors. libvirt stands beside them where it is
# installed. Prints medians in milliseconds and the medians of the ratios of each
# pair, as neighbours in time meet the same noise, and the ratio of the least times,
# which no noise has made longer.
#
#   bench-spawn.sh [N...]     machines; default 1 16 64
#   PAIRS=9                   runs of each; default 5
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
BARE=$ROOST_BUILDDIR/tests/bench/bare-spawn
PAIRS=${PAIRS:-5}
PACE=$((16 * $(nproc))) # STEPS_PER_CPU of lab/lab.c
[ $# -gt 0 ] || set -- 1 16 64
# sockets and the state of the lab are in memory, as /run is
RUN=$(mktemp -d -p "${XDG_RUNTIME_DIR:-/dev/shm}" roost-bench.XXXXXX) || exit 1
at_exit "rm -rf '$RUN'"
export ROOST_RUN_DIR=$RUN/run ROOST_STATE_DIR=$TMP/state ROOST_CACHE_DIR=$TMP/cache

now_us() {
    echo "${EPOCHREALTIME/[.,]/}"
}

# median FILE: of a number a line
median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

least() {
    sort -n "$1" | head -n 1
}

# ratio A B: the median of A to B, pair by pair
ratio() {
    paste "$TMP/ms.$1" "$TMP/ms.$2" | awk '{ print $1 / $2 }' >"$TMP/ratios"
    median "$TMP/ratios"
}

run_roost() {
    local begun ended
    begun=$(now_us)
    "$ROOST" up --paused -f "$TMP/spawn.yaml" >"$TMP/up.out" 2>&1 || {
        cat "$TMP/up.out" >&2
        exit 1
    }
    ended=$(now_us)
    "$ROOST" down --force spawn >/dev/null 2>&1
    awk "BEGIN { print ($ended - $begun) / 1000 }"
}

# The same machines as domains of libvirt's, all started at once.
VIRSH=(virsh -q -c "${LIBVIRT_URI:-qemu:///session}")
run_libvirt() {
    local begun ended i n=$1 pids=()
    begun=$(now_us)
    for ((i = 1; i <= n; i++)); do
        sed "s/@N@/$i/" "$TMP/domain.xml" >"$TMP/domain$i.xml"
        "${VIRSH[@]}" create --paused "$TMP/domain$i.xml" >/dev/null 2>>"$TMP/virsh.err" &
        pids+=($!)
    done
    wait "${pids[@]}"
    ended=$(now_us)
    for ((i = 1; i <= n; i++)); do
        "${VIRSH[@]}" destroy "roost-bench-$i" >/dev/null 2>&1
    done
    awk "BEGIN { print ($ended - $begun) / 1000 }"
}
cat >"$TMP/domain.xml" <<EOT
<domain type='qemu'><name>roost-bench-@N@</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os>
<devices><controller type='usb' model='none'/><memballoon model='none'/></devices></domain>
EOT
libvirt=
if command -v virsh >/dev/null && "${VIRSH[@]}" list >/dev/null 2>&1; then
    libvirt=yes
else
    echo "libvirt: skipped (no virsh that reaches ${LIBVIRT_URI:-qemu:///session})"
fi

at_exit "'$ROOST' down --force spawn >/dev/null 2>&1"
for n in "$@"; do
    echo "lab: spawn
machines:
  m[1-$n]: { accel: [tcg], memory: 128M, serial: 0 }" >"$TMP/spawn.yaml"
    "$ROOST" argv --json -f "$TMP/spawn.yaml" >"$TMP/argv" || exit 1
    rm -f "$TMP"/ms.*
    TMPDIR=$RUN "$BARE" <"$TMP/argv" >/dev/null || exit 1 # caches are warm for both
    for ((pair = 0; pair < PAIRS; pair++)); do
        TMPDIR=$RUN "$BARE" <"$TMP/argv" >>"$TMP/ms.bare" || exit 1
        run_roost >>"$TMP/ms.roost" || exit 1
        TMPDIR=$RUN "$BARE" "$PACE" <"$TMP/argv" >>"$TMP/ms.paced" || exit 1
        [ -z "$libvirt" ] || run_libvirt "$n" >>"$TMP/ms.libvirt"
    done
    printf '%3d machines: bare %7.1f ms, bare %d at a time %7.1f ms, roost up --paused %7.1f ms; ratio %.2f, to paced %.2f, of the least %.2f' \
        "$n" "$(median "$TMP/ms.bare")" "$PACE" "$(median "$TMP/ms.paced")" "$(median "$TMP/ms.roost")" \
        "$(ratio roost bare)" "$(ratio roost paced)" \
        "$(awk "BEGIN { print $(least "$TMP/ms.roost") / $(least "$TMP/ms.bare") }")"
    [ -z "$libvirt" ] || printf ', libvirt %.1f ms' "$(median "$TMP/ms.libvirt")"
    echo
done
