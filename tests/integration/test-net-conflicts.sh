#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What two labs cannot both have of a host's network is told before anything starts,
# with both lines: addresses on one bridge, names of interfaces, ports of screens.
# Requirements: R12.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64
need_namespaces

plan 21
host_new one
host_new two
for name in one two; do
    on "$name" ip link add brold type bridge
done
on one ip link add brhand type bridge
host=${hosts[one]}
mac=52:54:00:07:07:07

# lab NAME MACHINE SWITCH [LINE...]: a lab of one machine with one NIC of that address.
lab() {
    local name=$1 machine=$2 switch=$3
    shift 3
    {
        printf 'lab: %s\nswitches:\n  sw: { %s }\nmachines:\n  %s:\n    memory: 32M\n' "$name" "$switch" "$machine"
        printf '    nics: { lan: { switch: sw, mac: "%s" } }\n' "$mac"
        [ $# -eq 0 ] || printf '    %s\n' "$@"
    } >"$name.yaml"
}
old="type: bridge, existing: true, bridge: brold"

# --- one address in one lab ---------------------------------------------------------------
cat >twice.yaml <<END
lab: twice
switches: { sw: { $old } }
machines:
  web: { memory: 32M, nics: { lan: { switch: sw, mac: "$mac" } } }
  db: { memory: 32M, nics: { lan: { switch: sw, mac: "$mac" } } }
END
exits "in one lab: refused" 3 up --paused -f twice.yaml
like "in one lab: both lines" "$err" \
    "twice\.yaml:5:[0-9]*: machines\.db\.nics\.lan\.mac: $mac is already the address of nic lan of machine web on line 4"
ok "in one lab: nothing was started" nothing_left twice

# --- one address in two labs on one bridge ------------------------------------------------
lab first a "$old" "display: vnc" "display_address: 127.0.0.1:5907"
lab second b "$old"
exits "address: the first comes up" 0 up --paused -f first.yaml
picture one >before
exits "address: the second is refused" 4 up --paused -f second.yaml
says "address: both lines" \
    "^roost: second\.yaml:7: machine b, nic lan: address $mac is that of machine a, nic lan of lab first \(first\.yaml:7\), and both are on bridge brold: leave mac out"
ok "address: nothing is left of the second" nothing_left second
as_before "address: nor on the host" one before
exits "address: by force it comes up" 0 up --paused --force -f second.yaml
exits "address: and needs none to stay" 0 up --paused -f second.yaml

# --- the port of a screen -----------------------------------------------------------------
mac=52:54:00:07:07:08
lab screen c "$old" "display: vnc" "display_address: 127.0.0.1:5907"
exits "screen: refused" 4 up --paused -f screen.yaml
says "screen: both lines" \
    "^roost: screen\.yaml:5: machine c, display: host port tcp:127\.0\.0\.1:5907 is taken by machine a, display of lab first \(first\.yaml:5\): choose another$"
r down second --force

# --- names of interfaces ------------------------------------------------------------------
lab maker m "type: bridge, bridge: brnew"
exits "name: the first makes a bridge" 0 up --paused -f maker.yaml
mac=52:54:00:07:07:09
lab taker t "type: bridge, bridge: brnew"
exits "name: the second is refused" 4 up --paused -f taker.yaml
says "name: both lines" \
    "^roost: taker\.yaml:3: switch sw: interface brnew is that of switch sw of lab maker \(maker\.yaml:3\): say existing: true"
lab taker t "type: bridge, bridge: brhand"
exits "name: one made by hand is refused" 4 up --paused -f taker.yaml
says "name: and how to mend it" \
    "^roost: taker\.yaml:3: switch sw: there is an interface brhand already: say existing: true"
ok "name: nothing is left" nothing_left taker
lab taker t "type: bridge, existing: true, bridge: brnew"
exits "name: what is said to exist is no conflict" 0 up --paused -f taker.yaml
r down taker --force

# --- another network of the host has all of this again ------------------------------------
mac=52:54:00:07:07:07
lab other o "$old" "display: vnc" "display_address: 127.0.0.1:5907"
host=${hosts[two]}
exits "another network: comes up" 0 up --paused -f other.yaml
r down other --force
host=${hosts[one]}
r down maker --force
r down first --force
ok "logs are clean" logs_are_clean
