#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Networks of the host are as they were after a lab: links, addresses, routes and the
# database of Open vSwitch, over up and down, a supervisor that is killed, also amid a
# change, gc, and an up that fails at each of its network steps. What was there before is
# not touched.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64
need_namespaces
need_ovs

plan 42
host_new one
ovs_start one || skip_all "Open vSwitch does not start here"
for pair in upbr upov mv upex; do
    on one ip link add "$pair" type veth peer name "$pair-p"
    on one ip link set "$pair-p" up
done
on one ip link set mv up
on one ip link add brold type bridge
on one ip address add 10.45.0.1/24 dev brold
on one ip address add 10.46.0.1/24 dev upbr-p

cat >all.yaml <<'END'
lab: all
switches:
  br: { type: bridge, bridge: rbr, address: [10.41.0.1/24, "fd41::1/64"], uplink: upbr, mtu: 1400,
        tunnels: { east: { remote: 192.0.2.1, key: 7 } } }
  ov: { type: ovs, bridge: rov, datapath: netdev, address: 10.42.0.1/24, uplink: upov, mtu: 9000,
        tunnels: { east: { type: gre, remote: 192.0.2.1, key: 7 } } }
  mv: { type: macvtap, uplink: mv }
  ex: { type: bridge, existing: true, bridge: brold, uplink: upex, address: [10.45.0.1/24, 10.45.0.2/24] }
templates:
  m: { memory: 32M }
machines:
  a:
    template: m
    nics:
      br: { switch: br }
      ov: { switch: ov, vlan: 252 }
      mv: { switch: mv }
      ex: { switch: ex }
      q2: { switch: br, model: virtio-net-pci, queues: 2 }
  b: { template: m, nics: { br: { switch: br }, ov: { switch: ov, trunk: [10, 20-22] } } }
END
picture one >before

exits "it comes up" 0 up -f all.yaml --paused
ok "the bridge is there with its addresses" eval "on one ip -br addr show rbr | grep -q '10.41.0.1/24 fd41::1/64'"
is "its ports are the uplink, the tunnel and the taps" \
    "$(on one ip -o link show master rbr | wc -l)" 5
is "it has the mtu" "$(on one cat /sys/class/net/rbr/mtu)" 1400
is "and an uplink that carried less carries as much" \
    "$(on one cat /sys/class/net/{upbr,rov,upov}/mtu | paste -sd ' ')" "1500 9000 9000"
ok "ports are named after machine and nic" eval "on one ip -br link | grep -qE '^b-ov-...'"
is "ovs: the access VLAN" "$(ovs-vsctl get port "$(on one ip -br link | grep -o '^a-ov-...')" tag)" 252
is "ovs: the trunk" "$(ovs-vsctl get port "$(on one ip -br link | grep -o '^b-ov-...')" trunks)" "[10, 20, 21, 22]"
ok "ovs: what is made is marked" eval "ovs-vsctl get bridge rov external_ids:roost | grep -q 'r/all ovs:lab'"
ok "macvtap: the address is that of the NIC" eval \
    "on one ip -d link show mv | true && on one ip -o link show type macvtap | grep -q \"$(timeout 20 "$ROOST" argv -f all.yaml a | grep -o 'netdev=net-mv.*mac=[0-9a-f:]*' | sed 's/.*mac=//')\""
is "two queues: two descriptors" \
    "$(timeout 20 "$ROOST" argv -f all.yaml a | grep -c 'id=net-q2,fds=[0-9]*:[0-9]*')" 1
ok "the existing bridge has a second address" eval "on one ip -br addr show brold | grep -q 10.45.0.2/24"
exits "a machine is stopped" 0 stop -f all.yaml a --force
exits "and started on the same taps" 0 start -f all.yaml a --paused
exits "it goes down" 0 down all --force
as_before "everything is as before" one before
ok "and nothing else is left" nothing_left all

# a supervisor that is killed
exits "it comes up again" 0 up -f all.yaml --paused
pid=$(supervisor_pid all)
kill -KILL "$pid"
wait_for_exit "$pid" 10
exits "the next command on it takes it down" 0 down all --force
as_before "everything is as before the killed supervisor" one before

# an up that fails: something of the name is there already
failures=0
names=$(timeout 20 "$ROOST" plan -f all.yaml | grep -oE '(tap [^ ]+: (macvtap )?|bridge )[^ ,;]+' | awk '{ print $NF }' |
    grep -vx brold | sort -u)
for name in $names; do
    on one ip link add "$name" type bridge
    picture one >taken
    r up -f all.yaml --paused
    [ "$status" = 4 ] || { failures=$((failures + 1)); note "with $name taken: status $status: $err"; }
    picture one >taken.now
    cmp -s taken taken.now || { failures=$((failures + 1)); note "with $name taken: $(diff taken taken.now)"; }
    on one ip link del "$name"
done
is "with any of $(wc -w <<<"$names") names taken it fails and leaves all as it was" "$failures" 0
as_before "everything is as before those" one before

# a machine that does not start, after all networks were made
sed 's/^  b: { template: m,/  b: { template: m, args: [-bogus],/' all.yaml >late.yaml
exits "a machine that does not start fails it" 5 up -f late.yaml --paused
as_before "everything is as before that" one before

# what is somebody else's
on one ip link add brother type bridge
on one ip link set upbr master brother
picture one >other
exits "an uplink that is part of another bridge is refused" 4 up -f all.yaml --paused
says "and it says which" "switch br: upbr is a part of another interface"
as_before "and stays where it was" one other
on one ip link set upbr nomaster
on one ip link del brother

# what the host lacks
sed 's/datapath: netdev, //' all.yaml >system.yaml
if [ -d /sys/module/openvswitch ]; then
    for text in "a bridge without a module is refused" "it says so" "nothing of it stays"; do
        skip "$text" "this host has the module openvswitch"
    done
else
    exits "a bridge without a module is refused" 4 up -f system.yaml --paused
    says "it says so" "no interface rov came of the bridge: the kernel's module openvswitch is missing"
    as_before "nothing of it stays" one before
fi

# an emulator that dies, by its own or with the supervisor
exits "it comes up a last time" 0 up -f all.yaml --paused
emulator=$(field all a pid)
pid=$(supervisor_pid all)
kill -KILL "$emulator" "$pid"
wait_for_exit "$pid" 10
exits "with an emulator dead as well it goes down" 0 down all --force
as_before "everything is as before all of that" one before

# the same, and cleared away by gc
exits "up, for gc" 0 up -f all.yaml --paused
pids="$(field all a pid) $(field all b pid) $(supervisor_pid all)"
# shellcheck disable=SC2086
kill -KILL $pids
for pid in $pids; do wait_for_exit "$pid" 10; done
exits "gc clears a lab of which all was killed" 0 gc
as_before "everything is as before gc's work" one before
ok "and nothing else is left of it" nothing_left all

# a supervisor that is killed amid a change: frames are longer already, and a new machine
# waits for a hook
mkfifo go
printf '#!/bin/sh\nread line <%s/go\n' "$TMP" >hook.sh
chmod +x hook.sh
exits "up, for a change" 0 up -f all.yaml --paused
sed 's/mtu: 1400/mtu: 8000/; s/10.45.0.2.24/10.45.0.2\/24, 10.45.0.3\/24/; s/10.41.0.1.24/10.41.0.9\/24/' all.yaml >longer.yaml
echo "  c: { template: m, hooks: { before_up: [./hook.sh] } }" >>longer.yaml
ip netns exec "$host" "$ROOST" up -f longer.yaml --paused </dev/null >change.out 2>&1 &
started $!
changing=$!
longer() {
    [ "$(on one cat /sys/class/net/{rbr,upbr}/mtu | paste -sd ' ')" = "8000 8000" ] &&
        on one ip -br addr show rbr | grep -q '10.41.0.9/24' && ! on one ip -br addr show rbr | grep -q '10.41.0.1/24' &&
        on one ip -br addr show brold | grep -q '10.45.0.1/24 10.45.0.2/24 10.45.0.3/24'
}
ok "frames are longer, and addresses are others" wait_for 60 longer || note "$(<change.out)"
pid=$(supervisor_pid all)
kill -KILL "$pid"
wait_for_exit "$pid" 10
echo >go &
started $!
wait "$changing"
exits "the next command takes it down" 0 down all --force
as_before "everything is as before the change" one before
ok "no supervisor complained" logs_are_clean
