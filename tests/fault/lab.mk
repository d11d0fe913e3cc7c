# SPDX-License-Identifier: GPL-3.0-or-later
# Steps of a lab that fail, and labs taken over in the middle of them.
if HAVE_CHECK
lab_world = %D%/lab-world.c %D%/lab-world.h tests/unit/tap.h tests/unit/wait.h
check_PROGRAMS += %D%/test-lab-rollback
TESTS += %D%/test-lab-rollback
%C%_test_lab_rollback_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_rollback_SOURCES = %D%/test-lab-rollback.c $(lab_world)
%C%_test_lab_rollback_LDADD = $(L_LAB) $(CHECK_LIBS)
check_PROGRAMS += %D%/test-lab-adopt
TESTS += %D%/test-lab-adopt
%C%_test_lab_adopt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_adopt_SOURCES = %D%/test-lab-adopt.c $(lab_world)
%C%_test_lab_adopt_LDADD = $(L_LAB) $(CHECK_LIBS)
endif
