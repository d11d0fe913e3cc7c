
# The server side of qmp-glib against clients that misbehave.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qmp-session
TESTS += %D%/test-qmp-session
%C%_test_qmp_session_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_session_SOURCES = %D%/test-qmp-session.c tests/unit/pump.h tests/unit/tap.h
%C%_test_qmp_session_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
