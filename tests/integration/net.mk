# SPDX-License-Identifier: GPL-3.0-or-later
# Networks of the host, in namespaces.
NET_TESTS = \
	%D%/test-hotplug-net.sh \
	%D%/test-net-between.sh \
	%D%/test-net-caps.sh \
	%D%/test-net-conflicts.sh \
	%D%/test-net-guests.sh \
	%D%/test-net-mac.sh \
	%D%/test-net-macvtap.sh \
	%D%/test-net-owner.sh \
	%D%/test-net-state.sh
TESTS += $(NET_TESTS)
EXTRA_DIST += %D%/net.sh $(NET_TESTS)
