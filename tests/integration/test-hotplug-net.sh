#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# NICs come and go on bridges, on Open vSwitch and in a private lab while Linux guests
# run, with several queues; a tap moves to another bridge and into a VLAN, frames become
# longer, a cable is pulled; and nothing of it stays. Requirements: R10, R21.
. "${ROOST_SRCDIR:?}/tests/integration/net.sh"
need qemu-system-x86_64 socat
need_guest
need_namespaces
need_ovs

plan 57
host_new one
ovs_start one || skip_all "Open vSwitch does not start here"
picture one >before
LAB_SECONDS=300

guest_lines() {
    printf '    memory: 192M\n    accel: tcg\n    smp: 2\n    kernel: %s\n    initrd: %s\n' \
        "$ROOST_GUEST/vmlinux" "$ROOST_GUEST/initrd.gz"
    # shellcheck disable=SC2016
    printf '    append: console=ttyS0 quiet g.name=${machine}\n    ready: { serial: "@READY", timeout: 5m }\n'
}
# lab NICS: a machine of q35 on bridges and Open vSwitch; $br and $ov: more of two switches
br='' ov=''
lab() {
    {
        printf 'lab: hn\nswitches:\n'
        printf '  br: { type: bridge, address: 10.51.0.254/24%s }\n' "$br"
        printf '  other: { type: bridge, address: 10.52.0.254/24 }\n'
        printf '  ov: { type: ovs, datapath: netdev, address: 10.53.0.254/24%s }\n' "$ov"
        printf 'machines:\n  q:\n    machine: q35\n    nics: { nat: { switch: user }%s }\n' "${1:+, $1}"
        guest_lines
    } >hn.yaml
}
# private NICS: one of i440fx in a network of its own
private() {
    {
        printf 'lab: hp\nisolation: private\nswitches: { br: { type: bridge, address: 10.61.0.254/24 } }\n'
        printf 'machines:\n  i:\n    machine: i440fx\n    nics: { nat: { switch: user }%s }\n' "${1:+, $1}"
        guest_lines
    } >hp.yaml
}
tap() { on one ip -o link show type tun | grep -c "alias .*tap:q/$1"; }

# --- they come ----------------------------------------------------------------------------
lab ""
private ""
exits "a lab" 0 up --no-wait -f hn.yaml
exits "a private lab" 0 up -f hp.yaml
exits "both are ready" 0 wait q -l hn
lab "br: { switch: br, model: virtio-net-pci, queues: 2 }, ov: { switch: ov, model: e1000e }"
r plan -f hn.yaml
like "the plan tells of the tap" "$out" "\+ tap q/br: .*on bridge"
like "and of the NIC" "$out" "~ machine q: nic br is new"
exits "two NICs more" 0 up -f hn.yaml
is "each with a tap" "$(tap br) $(tap ov)" "1 1"
sees "the guest has two queues" hn q \
    "modprobe -a virtio_pci virtio_net e1000e; cd /sys/class/net/eth1/queues && ls -d rx-0 rx-1 && ! ls -d rx-2"
sees "and as many vectors as they need" hn q "[ \$(grep -c 'virtio.*-\(input\|output\)' /proc/interrupts) = 4 ]"
sees "it has addresses" hn q \
    "ip addr add 10.51.0.1/24 dev eth1; ip link set eth1 up; ip addr add 10.53.0.1/24 dev eth2; ip link set eth2 up"
ok "the host reaches it over the bridge" pings one 10.51.0.1
ok "and over Open vSwitch" pings one 10.53.0.1
exits "another supervisor" 0 link hn/q br down
kill_supervisor hn
exits "finds all of it" 0 up -f hn.yaml
is "as it is wanted" "$err" ""
exits "and the cable is there" 0 link hn/q br up
ok "with the host at its end" pings one 10.51.0.1
r link hn/q br --delay 1ms
if [[ $err == *"no netem"* ]]; then
    skip "what comes to it can be made worse" "this kernel has no netem"
else
    is "what comes to it can be made worse" "$status" 0
fi

# --- frames become longer, and VLANs begin to count ------------------------------------------
# mtus: of both bridges and both taps
mtus() {
    for name in hn-br hn-ov q-br q-ov; do
        on one cat "/sys/class/net/$(on one ip -br link | grep -o "^$name[^ ]*")/mtu"
    done | paste -sd ' '
}
both="br: { switch: br, model: virtio-net-pci, queues: 2 }, ov: { switch: ov, model: e1000e }"
br=", mtu: 9000" ov=", mtu: 2000"
lab "$both"
exits "longer frames" 0 up -f hn.yaml
like "the plan tells of the bridge" "$err" "~ network br: bridge [^ ]*, mtu the kernel's → 9000"
like "and of the tap, and what it cannot do" "$err" "~ tap q/br: .*mtu the kernel's → 9000 \(a guest that runs is not told"
ok "no machine is restarted" test "$(grep -c 'restart' <<<"$err")" = 0
is "bridges and taps carry them" "$(mtus)" "9000 2000 9000 2000"
sees "the guest is told by hand" hn q "ip link set eth1 mtu 9000"
ok "and long frames come and go" wait_for 60 on one ping -c 1 -W 1 -M do -s 8000 10.51.0.1
kill_supervisor hn
exits "another supervisor" 0 up -f hn.yaml
is "finds it as it is wanted" "$err" ""
br=", mtu: 4000"
lab "$both"
printf '  bad: { memory: 32M, args: [-bogus] }\n' >>hn.yaml
exits "what fails later" 5 up -f hn.yaml
is "leaves them as they were" "$(mtus)" "9000 2000 9000 2000"
br=", mtu: 9000, vlan: 252"
lab "$both"
r up -f hn.yaml
if [[ $err == *"this kernel mind no VLANs"* ]]; then
    is "a first VLAN is refused where the kernel has none" "$status" 4
    is "and all is as it was" "$(mtus)" "9000 2000 9000 2000"
else
    is "a first VLAN" "$status" 0
    ok "from then on they count" test "$(on one cat "/sys/class/net/$(on one ip -br link | grep -o '^hn-br[^ ]*')/bridge/vlan_filtering")" = 1
fi
br='' ov=''
lab "$both"
exits "shorter frames again" 0 up -f hn.yaml
is "bridges and taps have them" "$(mtus)" "1500 1500 1500 1500"

# --- they change ------------------------------------------------------------------------------
lab "br: { switch: other, model: virtio-net-pci, queues: 2 }, ov: { switch: ov, model: e1000e, vlan: 252 }"
exits "another bridge, and a VLAN" 0 up -f hn.yaml
like "the tap moves" "$err" "~ tap q/br: .*on bridge"
ok "and the NIC stays" test "$(grep -c 'nic br' <<<"$err")" = 0
sees "the guest has another address" hn q "ip addr add 10.52.0.1/24 dev eth1"
ok "the host reaches it there" pings one 10.52.0.1
ok "but not through the VLAN" bash -c "! ip netns exec ${hosts[one]} ping -c 2 -W 1 10.53.0.1 >/dev/null"
lab "br: { switch: other, model: virtio-net-pci, queues: 2, link: down }, ov: { switch: other, model: e1000e }"
exits "a cable is pulled, and a NIC on another switch" 0 up -f hn.yaml
like "is another NIC" "$err" "~ machine q: nic ov is another"
like "and the cable is told" "$err" "link of nic br down"
sees "the guest sees both" hn q "[ \$(cat /sys/class/net/eth1/carrier) = 0 ] && ip addr flush dev eth1 && ip addr add 10.52.0.2/24 dev eth2 && ip link set eth2 up"
ok "the host reaches the other" pings one 10.52.0.2

# --- a private lab --------------------------------------------------------------------------------
private "br: { switch: br, model: virtio-net-pci, queues: 2 }"
exits "one more in a private lab" 0 up -f hp.yaml
sees "has its queues" hp i \
    "modprobe -a virtio_pci virtio_net; ls -d /sys/class/net/eth1/queues/rx-1 && ip addr add 10.61.0.1/24 dev eth1 && ip link set eth1 up"
inside() { r exec hp -- ping -c 1 -W 1 10.61.0.1 && [ "$status" = 0 ]; }
ok "and is reached from within" wait_for 60 inside
private ""
exits "it goes" 0 up -f hp.yaml
sees "and the guest sees it go" hp i "! ls /sys/class/net/eth1"

# --- they go ------------------------------------------------------------------------------------------
lab ""
exits "all go" 0 up -f hn.yaml
sees "the guest sees it" hn q "! ls /sys/class/net/eth1 /sys/class/net/eth2"
as_before "the host is as it was before they came" one before
exits "down" 0 down --force hn
exits "down" 0 down --force hp
as_before "and as before it all" one before
lab "br: { switch: br, model: virtio-net-pci, vhost: true }"
if [ -e /dev/vhost-net ]; then
    skip "vhost where there is none is refused" "this host has vhost-net"
else
    r plan -f hn.yaml
    like "vhost where there is none is refused" "$err" "nics.br.vhost: .*no /dev/vhost-net.*modprobe vhost_net"
fi
ok "logs are clean" logs_are_clean
