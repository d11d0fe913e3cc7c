#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Open vSwitch inside a private lab: its own database and its datapath in user
# space, by a user without any privilege. Frames pass between the host's side of
# the bridge and the NAT that is a port of it, so that no guest is needed.
. "${ROOST_SRCDIR:?}/tests/integration/private.sh"
. "${ROOST_SRCDIR:?}/tests/integration/lab.sh"

need "$ROOST_QEMU" qemu-img curl ip ovs-vsctl
PATH=$PATH:/usr/sbin:/sbin
need ovs-vswitchd ovsdb-server
plan 17

cat >o.yaml <<END
lab: o
isolation: private
switches:
  lan: { type: ovs, datapath: netdev, address: 10.9.0.1/24, uplink: user, subnet: 10.9.0.0/24 }
machines:
  m:
    memory: 64M
    accel: tcg
    nics:
      nat: { switch: user }
      lan: { switch: lan, vlan: 7 }
    forwards: ["tcp:127.0.0.1:0-:22 as ssh"]
END

ovs() {
    timeout "$LAB_SECONDS" ovs-vsctl "--db=unix:$ROOST_RUN_DIR/o/ovs/db.sock" "$@"
}
inside() {
    timeout "$LAB_SECONDS" "$ROOST" exec o -- "$@"
}
daemons() {
    local dir
    for dir in /proc/[0-9]*; do
        case $(tr '\0' ' ' 2>/dev/null <"$dir/cmdline") in
        "ovs-vswitchd "*"$ROOST_RUN_DIR/o/"* | "ovsdb-server "*"$ROOST_RUN_DIR/o/"*) echo "${dir#/proc/}" ;;
        esac
    done
}
no_daemons() {
    [ -z "$(daemons)" ]
}
holder() {
    local dir
    for dir in /proc/[0-9]*; do
        case $(tr '\0' ' ' 2>/dev/null <"$dir/cmdline") in
        "roost-net --name o "*"$ROOST_RUN_DIR/o/"*) echo "${dir#/proc/}" ;;
        esac
    done
}

exits "up" 0 up -f o.yaml --paused
is "its own database and daemon" "$(daemons | wc -l)" 2
like "the bridge is in it" "$(ovs list-br)" '.'
like "with the machine and the NAT as ports" "$(ovs list-ports "$(ovs list-br)" | wc -l)" '^[2-9]'
ok "exec: the bridge is an interface" inside ip link show "$(ovs list-br)"

# A server on the host's loopback: the forward of the machine takes connections.
port=$(field o m bound_port)
reaches() {
    inside bash -c "exec 3<>/dev/tcp/10.9.0.2/$port"
}
ok "TCP through the bridge to the NAT and out" wait_for 60 reaches
r net o
like "what was learned is shown: the host's address, and the NAT's" "$out" \
    "lan +\.uplink/lan .* [0-9a-f:]{17}.*lan +host .* [0-9a-f:]{17}"
is "exec: Open vSwitch's tools mean this one" "$(inside ovs-vsctl list-br)" "$(ovs list-br)"
exits "down" 0 down --force o
ok "down: nothing is left" nothing_left o
ok "down: nor of Open vSwitch" wait_for 10 no_daemons

exits "up again" 0 up -f o.yaml --paused
kill -KILL "$(holder)"
ok "Open vSwitch ends with what holds the network" wait_for 30 no_daemons
lost() {
    r status o
    [[ $out == *"netns:lab: its process"* ]]
}
ok "that is told" wait_for 30 lost
exits "down" 0 down --force o
ok "down: nothing is left" nothing_left o
ok "nobody complained of anything else" logs_are_clean "netns:lab: it was killed"
