# SPDX-License-Identifier: GPL-3.0-or-later
# net.sh: what the tests of the host's networks share. Source it from bash; it sources
# lab.sh and ovs.sh. It owns network namespaces, which stand for hosts, and pictures of
# how the networks in them are.

. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"
. "$ROOST_SRCDIR/tests/integration/ovs.sh"

# need_namespaces: skips the whole test where none can be made.
need_namespaces() {
    need ip ping
    [ "$(id -u)" = 0 ] || skip_all "network namespaces of their own need root"
    ip netns add "rt$$-try" 2>/dev/null || skip_all "this host makes no network namespaces"
    ip netns del "rt$$-try"
}

# need_ovs: skips the whole test without Open vSwitch.
need_ovs() {
    local lack
    lack=$(ovs_lacks)
    [ -z "$lack" ] || skip_all "$lack"
}

# host_new NAME: a namespace of that name for this test; `host` is the current one.
declare -A hosts=()
host_new() {
    hosts[$1]=rt$$-$1
    ip netns add "${hosts[$1]}" || return 1
    at_exit "ip netns del ${hosts[$1]}"
    ip -n "${hosts[$1]}" link set lo up
    host=${hosts[$1]}
}

# on NAME COMMAND [ARG...]: runs it there.
on() {
    local name=$1
    shift
    ip netns exec "${hosts[$name]}" "$@"
}

# The labs of a host, whose program is started in its namespace: as r and exits of
# lab.sh, in the namespace $host.
r() {
    timeout -k 5 "$LAB_SECONDS" ip netns exec "$host" "$ROOST" "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
    status=$?
    grep -v '^note: ' "$TMP/err" >"$TMP/err.said"
    mv "$TMP/err.said" "$TMP/err"
    out=$(<"$TMP/out") err=$(<"$TMP/err")
    return 0
}

# picture NAME: what must be the same before and after: links with what they are part of
# and whether they are on, addresses, routes, and Open vSwitch's database. What the
# kernel gives itself as cables come and go is not in it.
picture() {
    on "$1" ip -d -o link show | sed -E 's/^[0-9]+: //; s/ qdisc [^ ]+//; s/ state [A-Z]+//; s/<[^>]*>/<&>/' |
        sed -E 's/<<[^>]*\bUP\b[^>]*>>/up/; s/<<[^>]*>>/down/' |
        grep -oE '^[^:@]+|(: | )(up|down) mtu [0-9]+|master [^ ]+|alias .*|promiscuity [0-9]+' | paste -sd ' '
    on "$1" ip -o address show | grep -v 'scope link' | sed -E 's/^[0-9]+: //; s/ valid_lft.*//'
    on "$1" ip route show table all | grep -vE 'fe80|ff00::' | sed 's, linkdown,,'
    [ ! -e "$TMP/ovs-$1/db.sock" ] || ovs-vsctl "--db=unix:$TMP/ovs-$1/db.sock" show
}

# as_before TEXT NAME FILE: the picture is that in FILE.
as_before() {
    picture "$2" >"$3.now"
    if cmp -s "$3" "$3.now"; then
        pass "$1"
    else
        fail "$1" "$(diff "$3" "$3.now")"
    fi
}

# attach LAB/MACHINE: from now on `guest` can run commands there, by the first serial port.
declare -A consoles=()
attach() {
    local fd pipe=$TMP/in.${1//\//.}
    mkfifo "$pipe"
    exec {fd}<>"$pipe"
    consoles[$1]=$fd
    "$ROOST" console "$1" <"$pipe" >/dev/null 2>&1 &
    started $!
}

# guest LAB/MACHINE COMMAND: runs it in the small Linux guest there; its status.
guest() {
    local answer id=${EPOCHREALTIME/[.,]/}
    printf 'ret=0; { %s; } >/dev/null 2>&1 || ret=1; echo @ASKED %s $ret\n' "$2" "$id" >&"${consoles[$1]}"
    answer=$(wait_for_line "$ROOST_STATE_DIR/${1%/*}/logs/${1#*/}.serial0.log" "^@ASKED $id " 180) || {
        echo "$answer"
        return 1
    }
    [ "${answer##* }" = 0 ]
}

# misses LAB/MACHINE ADDRESS: the guest pings it in vain.
misses() {
    guest "$1" "! ping -c 3 -W 1 $2"
}

# tap_of MACHINE NIC: the interface, in the namespace $host.
tap_of() {
    ip -n "$host" -br link | grep -o "^$1-$2-..."
}

# mac_of PROFILE MACHINE NIC
mac_of() {
    "$ROOST" argv -f "$1" "$2" | grep -oE "netdev=net-$3,.*mac=[0-9a-f:]*" | sed 's/.*mac=//'
}

# watch NAME INTERFACE: writes what passes there to NAME.frames, with addresses and tags.
watch() {
    ip netns exec "$host" tcpdump -U -e -n -l -i "$2" 'arp or icmp or vlan' >"$1.frames" 2>"$1.tcpdump" &
    started $!
    wait_for_line "$1.tcpdump" 'listening on' 60 >/dev/null
}

# pings NAME ADDRESS: at last, within a minute.
pings() {
    wait_for 60 on "$1" ping -c 1 -W 1 "$2" >/dev/null 2>&1
}
