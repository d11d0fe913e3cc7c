# SPDX-License-Identifier: GPL-3.0-or-later
# The host of ovs.yaml: Open vSwitch with a bridge, and an interface.
lacks=$(ovs_lacks)
[ -n "${FAULTS_INSIDE:-}" ] || lacks="no network namespace can be had"
[ -n "$lacks" ] || ovs_start here || lacks="Open vSwitch does not start here"
if [ -z "$lacks" ]; then
    ip link add upov type veth peer name upov-p
    ip link set upov-p up
    ovs-vsctl add-br ovold -- set bridge ovold datapath_type=netdev
fi
