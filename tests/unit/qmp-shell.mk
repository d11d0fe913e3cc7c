# SPDX-License-Identifier: GPL-3.0-or-later
if HAVE_CHECK
QMP_SHELL_TESTS = \
	%D%/test-qmp-check \
	%D%/test-qmp-complete \
	%D%/test-qmp-line
check_PROGRAMS += $(QMP_SHELL_TESTS)
TESTS += $(QMP_SHELL_TESTS)
EXTRA_DIST += %D%/small-schema.h
%C%_test_qmp_check_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_check_LDADD = $(L_CLI) $(CHECK_LIBS)
%C%_test_qmp_complete_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_complete_LDADD = $(L_CLI) $(CHECK_LIBS)
%C%_test_qmp_line_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_line_LDADD = $(L_CLI) $(CHECK_LIBS)
endif
