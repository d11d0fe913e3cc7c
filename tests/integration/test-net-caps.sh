#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What privilege networks need: none for user and internal switches, CAP_NET_ADMIN for
# bridges and Open vSwitch, CAP_MKNOD as well for macvtap. An ordinary user has exactly
# that, the machines have none of it, and with less nothing is left half made.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64 setpriv
need_namespaces
need_ovs

plan 18
host_new one
ovs_start one || skip_all "Open vSwitch does not start here"
on one ip link add mv type veth peer name mv-p
on one ip link set mv up
# all that the user must reach; who may talk to Open vSwitch is not asked here
chmod 755 "$TMP" "$TMP/ovs-one"
chmod 666 "$TMP/ovs-one/db.sock"
mkdir -m 777 user
mknod user/tun c 10 200
chmod 666 user/tun
cp "$ROOST" user/roost
chmod 755 user/roost

# u CAPABILITIES ARG...: as r, as nobody with these capabilities alone: none, or +name,+name
u() {
    local caps=-all
    [ "$1" = none ] || caps+=,$1
    shift
    timeout -k 5 "$LAB_SECONDS" ip netns exec "$host" sh -c '
        mount --bind "$0/tun" /dev/net/tun
        cd "$0"
        export TMPDIR=$0 HOME=$0 ROOST_RUN_DIR=$0/r ROOST_STATE_DIR=$0/s ROOST_CACHE_DIR=$0/c
        caps=$1
        shift
        exec setpriv --reuid nobody --regid nogroup --clear-groups --bounding-set="$caps" \
            --inh-caps="$caps" --ambient-caps="$caps" "$0/roost" "$@"' \
        "$TMP/user" "$caps" "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
    status=$?
    out=$(<"$TMP/out") err=$(<"$TMP/err")
}
at_exit "u +net_admin,+mknod down cap --force"
# lab SWITCH: a machine on it
lab() {
    printf '%s\n' "lab: cap" "switches: { s: { $1 } }" \
        "machines: { m: { memory: 32M, accel: tcg, nics: { n: { switch: s } } } }" >user/cap.yaml
}
lab "type: internal"
u none check -f cap.yaml
[ "$status" = 0 ] || {
    for text in {1..18}; do
        skip "capabilities $text" "a user cannot run roost here: $err"
    done
    exit 0
}
picture one >before

# with TEXT SWITCH CAPABILITIES: they are enough, the emulator has none, and nothing stays
with() {
    lab "$2"
    u "$3" up -f cap.yaml --paused
    is "$1: $3 is enough" "$status $err" "0 $(grep '^note' "$TMP/err")"
    u "$3" status cap --json
    pid=$(grep -o '"pid": *[0-9]*' <<<"$out" | grep -o '[0-9]*$' | tail -n 1)
    is "$1: the emulator has none" "$(grep -hE '^Cap(Eff|Prm|Amb)' "/proc/$pid/status" | grep -vc 0000000000000000)" 0
    u "$3" down cap --force
    as_before "$1: nothing stays" one before
}
# without TEXT SWITCH CAPABILITIES WANTED: they are not, it is told, and nothing stays
without() {
    lab "$2"
    u "$3" up -f cap.yaml --paused
    like "$1: $3 is not" "$status $err" "$4"
    as_before "$1: and nothing stays" one before
}
with "internal" "type: internal" none
with "bridge" "type: bridge, address: 10.41.0.1/24" +net_admin
without "bridge" "type: bridge" none "^4 .*switch s: .*run roost as root"
with "ovs" "type: ovs, datapath: netdev, address: 10.42.0.1/24" +net_admin
without "macvtap" "type: macvtap, uplink: mv" +net_admin "^4 .*opening macvtap .*CAP_MKNOD"
with "macvtap" "type: macvtap, uplink: mv" +net_admin,+mknod
lab "type: bridge"
u +net_admin up -f cap.yaml --paused
u none link m n down -l cap
is "cables need none: the supervisor has it" "$status" 0
u none capture m n -w cap.pcap --duration 100ms -l cap
is "captures need none" "$status $err" "0 0 frames"
