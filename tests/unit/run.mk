# SPDX-License-Identifier: GPL-3.0-or-later
# What machines are waited for, and keys.
if HAVE_CHECK
check_PROGRAMS += %D%/test-lab-condition
TESTS += %D%/test-lab-condition
%C%_test_lab_condition_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_condition_SOURCES = %D%/test-lab-condition.c %D%/tap.h %D%/wait.h
%C%_test_lab_condition_LDADD = $(L_LAB) $(CHECK_LIBS)
endif
