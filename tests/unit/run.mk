# SPDX-License-Identifier: GPL-3.0-or-later
# What machines are waited for, keys, and what a lab takes.
if HAVE_CHECK
check_PROGRAMS += %D%/test-machine-condition %D%/test-machine-keymap %D%/test-plan-resources
TESTS += %D%/test-machine-condition %D%/test-machine-keymap %D%/test-plan-resources
%C%_test_machine_condition_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_machine_condition_SOURCES = %D%/test-machine-condition.c %D%/tap.h %D%/wait.h
%C%_test_machine_condition_LDADD = $(L_MACHINE) $(CHECK_LIBS)
%C%_test_machine_keymap_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_machine_keymap_SOURCES = %D%/test-machine-keymap.c %D%/tap.h
%C%_test_machine_keymap_LDADD = $(L_MACHINE) $(CHECK_LIBS)
%C%_test_plan_resources_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_plan_resources_SOURCES = %D%/test-plan-resources.c %D%/tap.h
%C%_test_plan_resources_LDADD = $(L_PLAN) $(CHECK_LIBS)
endif
