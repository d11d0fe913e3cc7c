# SPDX-License-Identifier: GPL-3.0-or-later
if HAVE_CHECK
QMP_REAL_TESTS = \
	%D%/test-qmp-real \
	%D%/test-qmp-real-fds \
	%D%/test-qmp-storage
QMP_REAL_HELPERS = $(QMP_PEER) %D%/qmp-process.c %D%/qmp-process.h
check_PROGRAMS += $(QMP_REAL_TESTS)
TESTS += $(QMP_REAL_TESTS)
%C%_test_qmp_real_SOURCES = %D%/test-qmp-real.c $(QMP_REAL_HELPERS)
%C%_test_qmp_real_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_real_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_real_fds_SOURCES = %D%/test-qmp-real-fds.c $(QMP_REAL_HELPERS)
%C%_test_qmp_real_fds_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_real_fds_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_storage_SOURCES = %D%/test-qmp-storage.c $(QMP_REAL_HELPERS)
%C%_test_qmp_storage_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_storage_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
