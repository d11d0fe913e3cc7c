# SPDX-License-Identifier: GPL-3.0-or-later

# The shared socket against clients that misbehave; the control socket.
if HAVE_CHECK
check_PROGRAMS += %D%/test-shared-hostile %D%/test-control
TESTS += %D%/test-shared-hostile %D%/test-control
%C%_test_control_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_control_SOURCES = %D%/test-control.c %D%/talk.c %D%/talk.h
%C%_test_control_LDADD = $(L_CONTROL) $(CHECK_LIBS)
%C%_test_shared_hostile_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_shared_hostile_SOURCES = %D%/test-shared-hostile.c \
	%D%/shared-world.c %D%/shared-world.h %D%/talk.c %D%/talk.h $(QMP_PEER)
%C%_test_shared_hostile_LDADD = $(L_CONTROL) $(CHECK_LIBS)
endif
