# SPDX-License-Identifier: GPL-3.0-or-later
# Policies of machines.
if HAVE_CHECK
check_PROGRAMS += %D%/test-lab-policy
TESTS += %D%/test-lab-policy
%C%_test_lab_policy_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_policy_SOURCES = %D%/test-lab-policy.c %D%/tap.h
%C%_test_lab_policy_LDADD = $(L_LAB) $(CHECK_LIBS)
endif
