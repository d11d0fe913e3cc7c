# SPDX-License-Identifier: GPL-3.0-or-later
if HAVE_CHECK
QMP_UNIT_TESTS = \
	%D%/test-qmp-message \
	%D%/test-qmp-scan \
	%D%/test-qmp-stream
check_PROGRAMS += $(QMP_UNIT_TESTS)
TESTS += $(QMP_UNIT_TESTS)
%C%_test_qmp_message_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_message_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_scan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_scan_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_stream_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_stream_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
EXTRA_DIST += %D%/tap.h %D%/wait.h
