# SPDX-License-Identifier: GPL-3.0-or-later
# Policies of machines.
if HAVE_CHECK
check_PROGRAMS += %D%/test-machine-policy
TESTS += %D%/test-machine-policy
%C%_test_machine_policy_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_machine_policy_SOURCES = %D%/test-machine-policy.c %D%/tap.h
%C%_test_machine_policy_LDADD = $(L_MACHINE) $(CHECK_LIBS)
endif
