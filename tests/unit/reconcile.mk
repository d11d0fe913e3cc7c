# SPDX-License-Identifier: GPL-3.0-or-later
# What labs claim.
if HAVE_CHECK
RECONCILE_UNIT_TESTS = %D%/test-host-lock %D%/test-plan-claims %D%/test-plan-diff \
	%D%/test-plan-part %D%/test-machine-plug
check_PROGRAMS += $(RECONCILE_UNIT_TESTS)
TESTS += $(RECONCILE_UNIT_TESTS)
%C%_test_host_lock_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_lock_SOURCES = %D%/test-host-lock.c %D%/tap.h %D%/wait.h
%C%_test_host_lock_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_plan_claims_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_claims_SOURCES = %D%/test-plan-claims.c %D%/tap.h
%C%_test_plan_claims_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_diff_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_diff_SOURCES = %D%/test-plan-diff.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_diff_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_part_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_part_SOURCES = %D%/test-plan-part.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_part_LDADD = $(PLAN_TEST_LIBS)
%C%_test_machine_plug_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_machine_plug_SOURCES = %D%/test-machine-plug.c %D%/make-lab.h %D%/tap.h
%C%_test_machine_plug_LDADD = $(L_MACHINE) $(CHECK_LIBS)
endif
