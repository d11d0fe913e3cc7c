# SPDX-License-Identifier: GPL-3.0-or-later

# Planning: pure, so every case is a lab built by hand.
if HAVE_CHECK
PLAN_UNIT_TESTS = \
	%D%/test-plan-check \
	%D%/test-plan-drives \
	%D%/test-plan-ids \
	%D%/test-plan-ifnames \
	%D%/test-plan-machine \
	%D%/test-plan-optstr \
	%D%/test-plan-sources \
	%D%/test-plan-steps
check_PROGRAMS += $(PLAN_UNIT_TESTS)
TESTS += $(PLAN_UNIT_TESTS)
PLAN_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
PLAN_TEST_LIBS = $(L_PLAN) $(CHECK_LIBS)
%C%_test_plan_check_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_check_SOURCES = %D%/test-plan-check.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_check_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_drives_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_drives_SOURCES = %D%/test-plan-drives.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_drives_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_ids_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_ids_SOURCES = %D%/test-plan-ids.c %D%/tap.h
%C%_test_plan_ids_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_ifnames_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_ifnames_SOURCES = %D%/test-plan-ifnames.c %D%/tap.h
%C%_test_plan_ifnames_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_machine_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_machine_SOURCES = %D%/test-plan-machine.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_machine_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_optstr_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_optstr_SOURCES = %D%/test-plan-optstr.c %D%/tap.h
%C%_test_plan_optstr_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_sources_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_sources_SOURCES = %D%/test-plan-sources.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_sources_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_steps_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_steps_SOURCES = %D%/test-plan-steps.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_steps_LDADD = $(PLAN_TEST_LIBS)
endif
