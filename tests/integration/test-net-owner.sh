#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Networks that root prepares are used by a user without privilege, who could not make
# them, and are taken away by root again.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64 setpriv
need_namespaces
need_ovs

plan 14
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
u check -f mine.yaml
[ "$status" = 0 ] || {
    for text in {1..14}; do
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
