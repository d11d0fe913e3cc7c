#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Networks that root prepares are used by a user without privilege, who could not make
# them, and are taken away by root again.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64 setpriv
need_namespaces
need_ovs

plan 20
host_new one
ovs_start one || skip_all "Open vSwitch does not start here"
on one ip link add upp type veth peer name upp-p

cat >mine.yaml <<'END'
lab: mine
switches:
  br: { type: bridge, address: 10.71.0.1/24, uplink: upp }
  ov: { type: ovs, datapath: netdev }
machines:
  m: { memory: 32M, nics: { br: { switch: br }, ov: { switch: ov, vlan: 5 } } }
END
# everything that the user must reach
chmod 755 "$TMP"
mkdir -m 777 user
cp mine.yaml user/
picture one >before

# u ARG...: as r, as nobody and without a capability; /dev/net/tun may be opened.
tun=$TMP/user/tun
mknod "$tun" c 10 200
chmod 666 "$tun"
cp "$ROOST" user/roost
u() {
    timeout -k 5 "$LAB_SECONDS" ip netns exec "$host" sh -c '
        mount --bind "$0/tun" /dev/net/tun
        cd "$0"
        export TMPDIR=$0 HOME=$0 ROOST_RUN_DIR=$0/r ROOST_STATE_DIR=$0/s ROOST_CACHE_DIR=$0/c
        exec setpriv --reuid nobody --regid nogroup --clear-groups --bounding-set=-all --inh-caps=-all "$0/roost" "$@"' \
        "$TMP/user" "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
    status=$?
    out=$(<"$TMP/out") err=$(<"$TMP/err")
}
at_exit "u down mine --force"
at_exit "u down given --force"
u check -f mine.yaml
[ "$status" = 0 ] || {
    for text in {1..20}; do
        skip "prepared networks $text" "a user cannot run roost here: $err"
    done
    exit 0
}

u up -f mine.yaml --paused
like "without it the user cannot come up" "$status $err" "^4 .*switch br: .*let root prepare it"
as_before "and leaves nothing" one before
exits "root prepares it" 0 net up -f mine.yaml --owner nobody
exits "and not twice" 1 net up -f mine.yaml --owner nobody
picture one >prepared
u up -f mine.yaml --paused
is "the user comes up" "$status $err" "0 $(grep '^note' "$TMP/err")"
ok "the tap carries" eval "on one ip -br link | grep -q '^m-br-... *UP'"
u ps
like "and sees the lab" "$out" "mine"
u down mine --force
is "and goes down" "$status" 0
as_before "what was prepared is still there" one prepared
u up -f mine.yaml --paused
is "and can be used again" "$status" 0
u down mine --force
exits "somebody who is not there is told" 2 net up -f mine.yaml --owner no-such-user
exits "root takes it away" 0 net down mine
as_before "everything is as before" one before
exits "twice is told" 1 net down mine

# taps that root made by hand
on one ip link add br0 type bridge
on one ip link set br0 up
on one ip tuntap add dev his mode tap user root
on one ip tuntap add dev own mode tap user nobody
on one ip tuntap add dev pair mode tap multi_queue user nobody
for tap in his own pair; do on one ip link set "$tap" master br0 up; done
# given TAP QUEUES: a lab of a machine on taps that are there
given() {
    cat >user/given.yaml <<END
lab: given
switches: { b: { type: bridge, existing: true, bridge: br0 } }
machines:
  m: { memory: 32M, nics: { a: { switch: b, tap: $1 }, p: { switch: b, tap: pair, model: virtio-net-pci, queues: $2 } } }
END
}
picture one >given
given own 2
u up -f given.yaml --paused
is "taps made by hand for the user are used" "$status" 0
u net given
like "and are ports that are shown" "$out" "b +m/a .*
b +m/p "
u down given --force
as_before "and stay" one given
given own 1
u up -f given.yaml --paused
like "another number of queues is told" "$status $err" "^4 .*tap pair: .*it was made with another number of queues"
given his 2
u up -f given.yaml --paused
like "a tap of somebody else is told" "$status $err" "^4 .*opening tap his: "
as_before "and nothing of it stays" one given
