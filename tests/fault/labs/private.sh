# SPDX-License-Identifier: GPL-3.0-or-later
# The host of private.yaml: lets itself be divided, and has Open vSwitch's programs.
lacks=$(ovs_lacks)
unshare --user --map-root-user --net true 2>/dev/null || lacks="no network of a user's own can be had"
[ -w /dev/net/tun ] || lacks="/dev/net/tun may not be opened"
