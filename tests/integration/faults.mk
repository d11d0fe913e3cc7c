# SPDX-License-Identifier: GPL-3.0-or-later
# Labs that are broken at each of their steps: a few of them in make check, all of
# them in make check-faults.
check_PROGRAMS += tests/fault/roost-faulty
tests_fault_roost_faulty_SOURCES = tests/fault/faulty.c src/main.c
tests_fault_roost_faulty_LDADD = $(L_CLI)

# those with networks take too long for make check
FAULT_TESTS = %D%/test-faults.sh
FAULT_NET_TESTS = %D%/test-faults-net.sh
TESTS += $(FAULT_TESTS) %D%/test-lab-gc.sh
EXTRA_DIST += %D%/faults.sh %D%/snapshot.sh %D%/kills.sh %D%/test-lab-gc.sh \
	$(FAULT_TESTS) $(FAULT_NET_TESTS)
AM_TESTS_ENVIRONMENT += ROOST_FAULTS_PART=$${ROOST_FAULTS_PART:-12}; export ROOST_FAULTS_PART;

.PHONY: check-faults check-kills
check-faults:
	$(MAKE) $(AM_MAKEFLAGS) check ROOST_FAULTS_PART=1 ROOST_TEST_DEADLINE=3600 TESTS='$(FAULT_TESTS) $(FAULT_NET_TESTS)'

# 200 random kills; a quarter of an hour.
check-kills: all
	@$(AM_TESTS_ENVIRONMENT) ROOST_TEST_DEADLINE=7200 $(srcdir)/%D%/kills.sh
