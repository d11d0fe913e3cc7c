# SPDX-License-Identifier: GPL-3.0-or-later
# Steps of a lab that fail.
if HAVE_CHECK
check_PROGRAMS += %D%/test-lab-rollback
TESTS += %D%/test-lab-rollback
%C%_test_lab_rollback_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_rollback_SOURCES = %D%/test-lab-rollback.c tests/unit/tap.h tests/unit/wait.h
%C%_test_lab_rollback_LDADD = $(L_LAB) $(CHECK_LIBS)
endif
