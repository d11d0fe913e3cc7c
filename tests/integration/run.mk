# SPDX-License-Identifier: GPL-3.0-or-later
# Automation without agents, and labs for the time of one command.
RUN_TESTS = \
	%D%/test-automation.sh \
	%D%/test-cluster.sh \
	%D%/test-run.sh \
	%D%/test-run-container.sh \
	%D%/test-run-slurm.sh \
	%D%/test-run-systemd.sh \
	%D%/test-run-user.sh
TESTS += $(RUN_TESTS)
EXTRA_DIST += $(RUN_TESTS) %D%/copy.sh

# One level deeper; takes minutes.
EXTRA_DIST += %D%/check-nested.sh %D%/check-nested-net.sh %D%/nested-net.sh
.PHONY: check-nested check-nested-hosts check-nested-net
check-nested: check-nested-hosts check-nested-net
check-nested-hosts: all
	$(AM_TESTS_ENVIRONMENT) ROOST_TEST_DEADLINE=2400 $(srcdir)/%D%/check-nested.sh
check-nested-net: all
	$(AM_TESTS_ENVIRONMENT) ROOST_TEST_DEADLINE=3600 $(srcdir)/%D%/check-nested-net.sh
