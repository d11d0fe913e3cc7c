#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# snapshot.sh MARK [DIR...]: what there is on this machine that a lab could have
# left, one line each, sorted; two of them can be compared with diff. It asks the
# kernel and Open vSwitch alone, and nothing of roost.
#
#   process    whose command line or marker names MARK, a path
#   socket     Unix sockets bound below MARK
#   file       everything below each DIR but logs, which are kept on purpose
#   link, vlan, address, route, rule, ovs   of the network namespace that it runs in
set -u
mark=$1
shift

# without a process of its own for each that it looks at
processes() {
    local dir name line words=() environ=()
    for dir in /proc/[0-9]*; do
        { IFS= read -r name <"$dir/comm" && mapfile -d '' -t words <"$dir/cmdline"; } 2>/dev/null || continue
        mapfile -d '' -t environ 2>/dev/null <"$dir/environ" || environ=()
        line=${words[*]-}
        printf -v environ '%s\n' "${environ[@]-}"
        if [[ $environ == *"ROOST_STEP=$mark/"* ]]; then
            echo "process $name"
        elif [[ $line == *" supervise "* && $environ == *"=$mark/"* ]]; then
            echo "process $name supervise"
        elif [[ $name != awk && $line == *"$mark/"* ]]; then # awk is this script's own
            echo "process $name"
        fi
    done
}

# with what they are part of and whether they are on, without what the kernel gives
# itself as cables come and go
links() {
    ip -d -o link show | sed -E 's/^[0-9]+: //; s/<[^>]*\bUP\b[^>]*>/up/; s/<[^>]*>/down/' |
        awk '{
            line = "link " $1 " " $2
            for (i = 3; i < NF; i++)
                if ($i ~ /^(mtu|master|alias|promiscuity|vlan_filtering)$/) line = line " " $i " " $(i + 1)
            print line
        }'
}

{
    processes
    awk -v mark="$mark/" 'index($8, mark) == 1 { print "socket", $8 }' /proc/net/unix
    for dir; do
        find "$dir" -path '*/logs/*' -prune -o -printf 'file %y %m %U:%G %p %l\n' 2>/dev/null
    done
    if command -v ip >/dev/null; then
        links
        ip -o address show | awk '!/scope link/ { print "address", $2, $3, $4 }'
        ip route show table all | grep -vE 'fe80|ff00::' | sed 's/ linkdown//; s/^/route /'
    fi
    ! command -v bridge >/dev/null || bridge -o vlan show | sed '1d; s/^/vlan /'
    ! command -v nft >/dev/null || nft list ruleset 2>/dev/null | sed 's/^/rule /'
    if [ -S "${OVS_RUNDIR:-/var/run/openvswitch}/db.sock" ]; then
        for columns in name,external_ids,other_config@Bridge name,tag,trunks,external_ids@Port name,type,external_ids@Interface; do
            ovs-vsctl --timeout=60 --format=csv --no-headings --columns="${columns%@*}" list "${columns#*@}" |
                sed "s/^/ovs ${columns#*@} /"
        done
    fi
} | sort
