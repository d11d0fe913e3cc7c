# SPDX-License-Identifier: GPL-3.0-or-later

# Parts of the shared socket that need no socket.
if HAVE_CHECK
check_PROGRAMS += %D%/test-shared-parts
TESTS += %D%/test-shared-parts
%C%_test_shared_parts_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_shared_parts_SOURCES = %D%/test-shared-parts.c %D%/tap.h %D%/wait.h
%C%_test_shared_parts_LDADD = $(L_CONTROL) $(CHECK_LIBS)
endif
