# SPDX-License-Identifier: GPL-3.0-or-later
# Labs that are broken at each of their steps: a few faults in make check, all of
# them in make check-faults.
check_PROGRAMS += tests/fault/roost-faulty tests/fault/step-kinds
tests_fault_roost_faulty_SOURCES = tests/fault/faulty.c src/main.c
tests_fault_roost_faulty_LDADD = $(L_CLI)
tests_fault_step_kinds_SOURCES = tests/fault/step-kinds.c
tests_fault_step_kinds_LDADD = $(L_PLAN)

FAULT_TESTS = %D%/test-faults-kinds.sh %D%/test-faults.sh
TESTS += $(FAULT_TESTS) %D%/test-lab-gc.sh
EXTRA_DIST += %D%/faults.sh %D%/snapshot.sh %D%/kills.sh %D%/ovs.sh %D%/test-lab-gc.sh \
	$(FAULT_TESTS) tests/fault/labs
AM_TESTS_ENVIRONMENT += ROOST_FAULTS_PART=$${ROOST_FAULTS_PART:-few}; export ROOST_FAULTS_PART;

# All faults, in shards side by side. Half an hour.
FAULT_SHARDS = 2
.PHONY: check-faults check-kills
check-faults: $(check_PROGRAMS)
	@$(AM_TESTS_ENVIRONMENT) ROOST_TEST_DEADLINE=14400; export ROOST_TEST_DEADLINE; \
	 for k in `seq $(FAULT_SHARDS)`; do \
	   ROOST_FAULTS_PART=$$k/$(FAULT_SHARDS) $(srcdir)/%D%/test-faults.sh >%D%/faults.$$k.log 2>&1 & \
	 done; wait; \
	 for k in `seq $(FAULT_SHARDS)`; do cat %D%/faults.$$k.log; done; \
	 for k in `seq $(FAULT_SHARDS)`; do \
	   grep -q ' - there were faults' %D%/faults.$$k.log && ! grep -q '^not ok' %D%/faults.$$k.log || exit 1; \
	 done

# 200 random kills; a quarter of an hour.
check-kills: all
	@$(AM_TESTS_ENVIRONMENT) ROOST_TEST_DEADLINE=7200 $(srcdir)/%D%/kills.sh
