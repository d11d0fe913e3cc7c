# see tests/README
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

# The server side of qmp-glib: its pure parts.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qmp-lexer
TESTS += %D%/test-qmp-lexer
%C%_test_qmp_lexer_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_lexer_SOURCES = %D%/test-qmp-lexer.c %D%/tap.h
%C%_test_qmp_lexer_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
