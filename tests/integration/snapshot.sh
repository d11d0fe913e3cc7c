#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# snapshot.sh MARK [DIR...]: what there is on this machine that a lab could have
# left, one line each, sorted; two of them can be compared with diff. It asks the
# kernel and Open vSwitch alone, and nothing of roost.
#
#   process    whose command line or marker names MARK, a path
#   socket     Unix sockets bound below MARK
#   file       everything below each DIR but logs, which are kept on purpose
#   link, address, route, rule, ovs   of the network namespace that it runs in
set -u
mark=$1
shift

processes() {
    local dir line name
    for dir in /proc/[0-9]*; do
        line=$(tr '\0' ' ' 2>/dev/null <"$dir/cmdline") || continue
        name=$(cat "$dir/comm" 2>/dev/null) || continue
        if tr '\0' '\n' 2>/dev/null <"$dir/environ" | grep -qF "ROOST_STEP=$mark/"; then
            echo "process $name"
        elif [[ $line == *" supervise "* ]] && tr '\0' '\n' 2>/dev/null <"$dir/environ" | grep -qF "=$mark/"; then
            echo "process $name supervise"
        elif [[ $name == qemu-* && $line == *"$mark"* ]]; then
            echo "process $name"
        fi
    done
}

{
    processes
    awk -v mark="$mark/" 'index($8, mark) == 1 { print "socket", $8 }' /proc/net/unix
    for dir; do
        find "$dir" -path '*/logs/*' -prune -o -printf 'file %y %m %p %l\n' 2>/dev/null
    done
    if command -v ip >/dev/null; then
        ip -o link 2>/dev/null | sed 's/^[0-9]*: \([^:]*\): .*\(master [^ ]*\)\?.*/link \1 \2/'
        ip -o address 2>/dev/null | awk '{ print "address", $2, $3, $4 }'
        ip route show table all 2>/dev/null | sed 's/^/route /'
    fi
    ! command -v nft >/dev/null || nft list ruleset 2>/dev/null | sed 's/^/rule /'
    if command -v ovs-vsctl >/dev/null; then
        for table in Bridge Port Interface; do
            ovs-vsctl --timeout=5 --bare --columns=name list "$table" 2>/dev/null | sed "/^$/d; s/^/ovs $table /"
        done
    fi
} | sort
