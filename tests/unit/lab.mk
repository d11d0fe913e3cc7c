# SPDX-License-Identifier: GPL-3.0-or-later
# lab/: see the folder of that name.
if HAVE_CHECK
LAB_UNIT_TESTS = %D%/test-lab-walk %D%/test-lab-state %D%/test-machine-usernet
check_PROGRAMS += $(LAB_UNIT_TESTS)
TESTS += $(LAB_UNIT_TESTS)
%C%_test_lab_walk_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_walk_SOURCES = %D%/test-lab-walk.c %D%/tap.h %D%/wait.h
%C%_test_lab_walk_LDADD = $(L_LAB) $(CHECK_LIBS)
%C%_test_lab_state_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_state_SOURCES = %D%/test-lab-state.c %D%/tap.h
%C%_test_lab_state_LDADD = $(L_LAB) $(CHECK_LIBS)
%C%_test_machine_usernet_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_machine_usernet_SOURCES = %D%/test-machine-usernet.c %D%/tap.h
%C%_test_machine_usernet_LDADD = $(L_MACHINE) $(CHECK_LIBS)
endif
