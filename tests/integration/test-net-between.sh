#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two hosts (namespaces) with a lab each, joined by tunnels: vxlan between Linux bridges,
# gre between Open vSwitches; and rules from a file.
# Requirements: R16.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64
need_namespaces
need_ovs

plan 9
host_new east
host_new west
ip link add e0 netns "${hosts[east]}" type veth peer name w0 netns "${hosts[west]}"
on east ip link set e0 up
on west ip link set w0 up
on east ip address add 10.60.0.1/24 dev e0
on west ip address add 10.60.0.2/24 dev w0

# lab NAME OWN OTHER KEY TYPE MORE: a machine on a switch with a tunnel.
lab() {
    cat <<END
lab: $1
switches:
  lan: { $5, address: 10.61.0.$2/24, tunnels: { other: { remote: 10.60.0.$3, key: $4, $6 } } }
machines:
  m: { memory: 32M, nics: { lan: { switch: lan } } }
END
}

lab east 1 2 77 "type: bridge" "type: vxlan" >east.yaml
lab west 2 1 77 "type: bridge" "type: vxlan" >west.yaml
host=${hosts[east]}
exits "vxlan: one host comes up" 0 up -f east.yaml --paused
host=${hosts[west]}
exits "vxlan: and the other" 0 up -f west.yaml --paused
ok "vxlan: a ping crosses" pings west 10.61.0.1
r down west --force
host=${hosts[east]}
r down east --force

# Tunnels of a datapath in user space begin on a bridge of its own with the host's address.
underlay() {
    ovs_start "$1" &&
        ovs-vsctl add-br under -- set bridge under datapath_type=netdev -- add-port under "$2" &&
        on "$1" ip address flush dev "$2" &&
        on "$1" ip address add "10.60.0.$3/24" dev under &&
        on "$1" ip link set under up
}
if underlay east e0 1 && underlay west w0 2; then
    lab east 1 2 78 "type: ovs, datapath: netdev" "type: gre" >east.yaml
    lab west 2 1 78 "type: ovs, datapath: netdev" "type: gre" >west.yaml
    host=${hosts[east]}
    ovs_env east
    exits "gre: one host comes up" 0 up -f east.yaml --paused
    host=${hosts[west]}
    ovs_env west
    exits "gre: and the other" 0 up -f west.yaml --paused
    ok "gre: a ping crosses" pings west 10.61.0.1
    r down west --force
    host=${hosts[east]}
    ovs_env east
    r down east --force
else
    for text in "one host comes up" "and the other" "a ping crosses"; do
        fail "gre: $text" "Open vSwitch did not start"
    done
fi

# rules from a file: pings are dropped, the rest passes
on east ip link add upr type veth peer name upr-p
on east ip link set upr-p up
on east ip address add 10.62.0.2/24 dev upr-p
cat >rules.txt <<'END'
priority=10,icmp,actions=drop
priority=0,actions=NORMAL
END
cat >rules.yaml <<'END'
lab: rules
switches:
  lan: { type: ovs, bridge: rules, datapath: netdev, uplink: upr, address: 10.63.0.1/24, flows: rules.txt }
machines:
  m: { memory: 32M, nics: { lan: { switch: lan } } }
END
exits "rules: it comes up" 0 up -f rules.yaml --paused
like "rules: they are there" "$(ovs-ofctl dump-flows rules)" "priority=10,icmp actions=drop"
r down rules --force
sed -i 's/drop/nonsense/' rules.txt
r up -f rules.yaml --paused
like "rules: a mistake in them is told" "$status $err" "^1 .*switch lan: rules of .*rules.txt: ovs-ofctl failed"
