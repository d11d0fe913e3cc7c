#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a switch costs: round trip and frames per second between two Linux
# machines that meet on an internal switch, a Linux bridge and Open vSwitch (with
# its datapath in user space) at once. The kinds take turns, so that whatever
# else happens on the host happens to all; what counts are the ratios.
# Goal: the internal switch within 1.5 times the round trip of the Linux bridge.
#
#   ROUNDS=10 PINGS=200 MEGABYTES=16
. "${ROOST_SRCDIR:?}/tests/integration/private.sh"
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

ROOST=${ROOST:-$ROOST_BUILDDIR/src/roost}
export ROOST_RUN_DIR=$TMP/r ROOST_STATE_DIR=$TMP/s ROOST_CACHE_DIR=$TMP/c
ROUNDS=${ROUNDS:-10} PINGS=${PINGS:-200} MEGABYTES=${MEGABYTES:-16}
PATH=$PATH:/usr/sbin
kinds=(internal bridge)
! command -v ovs-vswitchd >/dev/null || kinds+=(ovs)
[ -e "$ROOST_GUEST/stamp" ] || {
    echo "there is no Linux guest: run 'make guest' first"
    exit 1
}
cd "$TMP" || exit 1

{
    echo "lab: bench"
    echo "isolation: private"
    echo "switches:"
    for kind in "${kinds[@]}"; do
        echo "  $kind: { type: $kind$([ "$kind" != ovs ] || echo ", datapath: netdev") }"
    done
    echo "machines:"
    for n in 1 2; do
        echo "  m$n:"
        echo "    memory: 192M"
        echo "    accel: tcg"
        echo "    kernel: $ROOST_GUEST/vmlinux"
        echo "    initrd: $ROOST_GUEST/initrd.gz"
        echo "    append: console=ttyS0 quiet no_timer_check g.name=m$n g.ip0=10.8.0.$n/24 g.ip1=10.8.1.$n/24 g.ip2=10.8.2.$n/24"
        echo "    ready: { serial: '^@READY' }"
        echo "    nics:"
        for kind in "${kinds[@]}"; do
            echo "      $kind: { switch: $kind, model: virtio-net-pci }"
        done
    done
} >bench.yaml
at_exit "'$ROOST' down --force bench >/dev/null 2>&1"
"$ROOST" up -f bench.yaml >up.out || exit 1

declare -A consoles=() counts=()
for name in m1 m2; do
    mkfifo "$name.in"
    "$ROOST" console "bench/$name" <"$name.in" >"$name.out" 2>&1 &
    started $!
    exec {fd}>"$name.in"
    consoles[$name]=$fd
    counts[$name]=0
done
# guest NAME COMMAND: runs it there; its output is in $TMP/answer
guest() {
    local before
    before=$(wc -l <"$1.out")
    printf '%s\n' "$2" >&"${consoles[$1]}"
    wait_for_line "$1.out" '^@RC ' 120 $((++counts[$1])) >/dev/null || {
        echo "$1 did not answer: $2"
        exit 1
    }
    tail -n +$((before + 1)) "$1.out" | tr -d '\r' >answer
}
median() {
    sort -g | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

guest m2 "dd if=/dev/zero of=/www/big bs=1M count=$MEGABYTES 2>/dev/null"
for ((round = 0; round <= ROUNDS; round++)); do
    for i in "${!kinds[@]}"; do
        kind=${kinds[i]}
        guest m1 "ping -A -q -c $PINGS 10.8.$i.2"
        rtt=$(sed -n 's|.*min/avg/max = [0-9.]*/\([0-9.]*\)/.*|\1|p' answer)
        guest m1 "a=\$(cat /sys/class/net/eth$i/statistics/rx_packets); s=\$(cut -d' ' -f1 /proc/uptime); printf 'GET /big HTTP/1.0\\r\\n\\r\\n' | nc 10.8.$i.2 80 >/dev/null; e=\$(cut -d' ' -f1 /proc/uptime); b=\$(cat /sys/class/net/eth$i/statistics/rx_packets); echo \"FRAMES \$((b - a)) \$s \$e\""
        fps=$(awk '$1 == "FRAMES" && $4 > $3 { print $2 / ($4 - $3) }' answer)
        mbs=$(awk -v mb="$MEGABYTES" '$1 == "FRAMES" && $4 > $3 { print mb / ($4 - $3) }' answer)
        [ "$round" = 0 ] || { # the first one warms up
            echo "$rtt" >>"$kind.rtt"
            echo "$fps" >>"$kind.fps"
            echo "$mbs" >>"$kind.mbs"
        }
    done
done

# ratio KIND WHAT: of each round, their median
ratio() {
    paste "$1.$2" "bridge.$2" | awk '{ print $1 / $2 }' | median
}
printf '%-10s %12s %6s %9s %6s %8s %6s\n' SWITCH 'ROUND TRIP' RATIO FRAMES/S RATIO MB/S RATIO
for kind in "${kinds[@]}"; do
    printf '%-10s %9.3f ms %6.2f %9.0f %6.2f %8.2f %6.2f\n' "$kind" \
        "$(median <"$kind.rtt")" "$(ratio "$kind" rtt)" "$(median <"$kind.fps")" "$(ratio "$kind" fps)" \
        "$(median <"$kind.mbs")" "$(ratio "$kind" mbs)"
done
echo "Ratios are to the Linux bridge in the same round, of $ROUNDS rounds. Frames are those that the"
echo "machine receives: over the Linux bridge it takes many in one, which the others do not do."
