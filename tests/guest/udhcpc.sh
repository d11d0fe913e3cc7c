#!/bin/busybox sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What udhcpc runs in the guest when it has a lease.
# shellcheck disable=SC2154 # udhcpc sets the rest
case $1 in
bound | renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/${mask:-24}" dev "$interface"
    [ -z "$router" ] || ip route replace default via "${router%% *}" dev "$interface"
    ;;
esac
