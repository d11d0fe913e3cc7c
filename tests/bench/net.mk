# SPDX-License-Identifier: GPL-3.0-or-later
# What the kinds of switches cost, between two Linux machines; run by hand.
EXTRA_DIST += %D%/bench-net.sh

.PHONY: bench-net
bench-net: all
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/%D%/bench-net.sh
