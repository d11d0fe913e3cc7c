# SPDX-License-Identifier: GPL-3.0-or-later
# The host of net.yaml: interfaces of its own, and a bridge with an address.
if [ -z "${FAULTS_INSIDE:-}" ]; then
    lacks="no network namespace can be had"
elif ! ip link add brold type bridge 2>/dev/null; then
    lacks="no bridge can be made"
else
    for pair in upbr upex mv; do
        ip link add "$pair" type veth peer name "$pair-p"
        ip link set "$pair-p" up
    done
    ip link set mv up
    ip address add 10.45.0.1/24 dev brold
    ip address add 10.48.0.1/24 dev upbr-p
    # VLANs of Linux bridges, where the kernel has them
    if ip link add vtry type bridge vlan_filtering 1 2>/dev/null; then
        ip link del vtry
    else
        note "net: without VLANs, which the bridges of this kernel do not have"
        sed -i 's/, vlan: [0-9]*//; s/ vlan: 7,//; s/, trunk: [^]]*\]//' net.yaml
    fi
fi
