# SPDX-License-Identifier: GPL-3.0-or-later

# The server side of qmp-glib against clients that misbehave.
if HAVE_CHECK
QMP_SESSION_TESTS = \
	%D%/test-qmp-session \
	%D%/test-qmp-session-fds \
	%D%/test-qmp-session-flood
check_PROGRAMS += $(QMP_SESSION_TESTS)
TESTS += $(QMP_SESSION_TESTS)
SESSION_WORLD = %D%/session-world.c %D%/session-world.h tests/unit/pump.h tests/unit/tap.h
%C%_test_qmp_session_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_session_SOURCES = %D%/test-qmp-session.c $(SESSION_WORLD)
%C%_test_qmp_session_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_session_fds_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_session_fds_SOURCES = %D%/test-qmp-session-fds.c $(SESSION_WORLD)
%C%_test_qmp_session_fds_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_session_flood_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_session_flood_SOURCES = %D%/test-qmp-session-flood.c $(SESSION_WORLD)
%C%_test_qmp_session_flood_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
