# SPDX-License-Identifier: GPL-3.0-or-later

# The server side of qmp-glib: its pure parts.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qmp-lexer
TESTS += %D%/test-qmp-lexer
%C%_test_qmp_lexer_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_lexer_SOURCES = %D%/test-qmp-lexer.c %D%/tap.h
%C%_test_qmp_lexer_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
