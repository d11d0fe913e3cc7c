#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# roost qmp and roost shell on QMP peers that are no machines of roost: a
# storage daemon and a guest agent, each skipped where it is not installed.
. "${ROOST_SRCDIR:?}/tests/integration/lib.sh"

[ -x "$ROOST" ] || skip_all "roost is not built"
plan 8

# status_of WANTED TEXT ARG...: roost's exit status with these arguments
status_of() {
    local wanted=$1 text=$2 got
    shift 2
    timeout 60 "$ROOST" "$@" >"$TMP/out" 2>"$TMP/err"
    got=$?
    [ "$got" -eq "$wanted" ] && pass "$text" && return
    fail "$text" "status $got, wanted $wanted: roost $*
$(cat "$TMP/out" "$TMP/err")"
}

# start PROGRAM ARG...: in the background, ended with the test
start() {
    "$@" >"$TMP/peer.log" 2>&1 &
    started $!
}

has_socket() {
    [ -S "$1" ]
}

if command -v qemu-storage-daemon >/dev/null; then
    start qemu-storage-daemon --chardev "socket,id=m,path=$TMP/qsd,server=on,wait=off" --monitor chardev=m
    wait_for 20 has_socket "$TMP/qsd"
    status_of 1 "storage daemon: a number is no name of a node" \
        qmp "$TMP/qsd" blockdev-add driver=null-co node-name=5
    status_of 0 "storage daemon: a node is added" \
        qmp "$TMP/qsd" blockdev-add driver=null-co node-name=n size=4096
    status_of 0 "storage daemon: the nodes" qmp "$TMP/qsd" query-named-block-nodes flat=on
    ok "storage daemon: the node is among them" grep -q '"node-name": "n"' "$TMP/out"
    status_of 10 "storage daemon: it has no machine" qmp "$TMP/qsd" query-status
else
    for text in "a number is no name" "a node is added" "the nodes" "the node" "no machine"; do
        skip "storage daemon: $text" "qemu-storage-daemon is not installed"
    done
fi

PATH=$PATH:/usr/sbin
if command -v qemu-ga >/dev/null; then
    start qemu-ga -m unix-listen -p "$TMP/qga" -t "$TMP" -f "$TMP/agent.pid"
    wait_for 20 has_socket "$TMP/qga"
    status_of 0 "guest agent: ping" qmp --agent "$TMP/qga" guest-ping
    status_of 10 "guest agent: an unknown command" qmp --agent "$TMP/qga" guest-pong
    status_of 0 "guest agent: a script" shell --agent "$TMP/qga" < <(printf 'guest-ping\nguest-get-time\n')
else
    for text in ping "an unknown command" "a script"; do
        skip "guest agent: $text" "qemu-ga is not installed (package qemu-guest-agent)"
    done
fi
