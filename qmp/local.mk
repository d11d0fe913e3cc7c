# SPDX-License-Identifier: LGPL-2.1-or-later
# qmp-glib: a QMP library of its own. Uses nothing of roost.  The program and the
# tests link its objects, so that they run from anywhere without it.
noinst_LTLIBRARIES += %D%/libqmp.la
%C%_libqmp_la_SOURCES = \
	%D%/qmp-call.c \
	%D%/qmp-call.h \
	%D%/qmp-calls.c \
	%D%/qmp-calls.h \
	%D%/qmp-client-private.h \
	%D%/qmp-client.c \
	%D%/qmp-client.h \
	%D%/qmp-connection.c \
	%D%/qmp-dial.c \
	%D%/qmp-dial.h \
	%D%/qmp-error.c \
	%D%/qmp-error.h \
	%D%/qmp-handshake.c \
	%D%/qmp-input.c \
	%D%/qmp-input.h \
	%D%/qmp-intake.c \
	%D%/qmp-intake.h \
	%D%/qmp-lexer.c \
	%D%/qmp-lexer.h \
	%D%/qmp-message.c \
	%D%/qmp-message.h \
	%D%/qmp-negotiate.c \
	%D%/qmp-outbox.c \
	%D%/qmp-outbox.h \
	%D%/qmp-parser.c \
	%D%/qmp-parser.h \
	%D%/qmp-request.c \
	%D%/qmp-request.h \
	%D%/qmp-scalar.c \
	%D%/qmp-scan.c \
	%D%/qmp-scan.h \
	%D%/qmp-scanner.h \
	%D%/qmp-session-input.c \
	%D%/qmp-session-output.c \
	%D%/qmp-session-private.h \
	%D%/qmp-session.c \
	%D%/qmp-session.h \
	%D%/qmp-slice.c \
	%D%/qmp-source.h \
	%D%/qmp-stream.c \
	%D%/qmp-stream.h \
	%D%/qmp-text.c \
	%D%/qmp-text.h \
	%D%/qmp-transport.c \
	%D%/qmp-transport.h \
	%D%/qmp-writer.c \
	%D%/qmp-writer.h
lib_LTLIBRARIES += %D%/libqmp-glib.la
%C%_libqmp_glib_la_SOURCES =
%C%_libqmp_glib_la_LIBADD = %D%/libqmp.la $(JSON_LIBS) $(GLIB_LIBS)
# What the installed headers declare and nothing else: an internal function of
# the same name in a program would take the place of ours.
%C%_libqmp_glib_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -export-symbols-regex \
	'^qmp_(client|command|error|json|message|object|reply|request|scan|session|slice|stream)_'
qmpincludedir = $(includedir)/qmp-glib
qmpinclude_HEADERS = \
	%D%/qmp-client.h \
	%D%/qmp-error.h \
	%D%/qmp-message.h \
	%D%/qmp-scan.h \
	%D%/qmp-session.h \
	%D%/qmp-stream.h
EXTRA_DIST += %D%/COPYING.LIB
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/qmp-glib.pc
L_QMP = %D%/libqmp.la $(JSON_LIBS) $(GLIB_LIBS)
