# SPDX-License-Identifier: GPL-3.0-or-later

# The shared socket in front of QEMU, and QEMU itself.
if HAVE_CHECK
SHARED_TESTS = %D%/test-shared-conform %D%/test-shared-siege
SHARED_RIG = %D%/shared-rig.c %D%/shared-rig.h tests/fault/talk.c tests/fault/talk.h \
	$(QMP_REAL_HELPERS)
check_PROGRAMS += $(SHARED_TESTS)
TESTS += $(SHARED_TESTS)
%C%_test_shared_conform_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_shared_conform_SOURCES = %D%/test-shared-conform.c \
	%D%/shared-conform.h \
	%D%/shared-conform-commands.c \
	%D%/shared-conform-dispatch.c \
	%D%/shared-conform-framing.c \
	%D%/shared-conform-malformed.c \
	%D%/shared-conform-passing.c \
	%D%/qmp-conform-rows.h $(SHARED_RIG)
%C%_test_shared_conform_LDADD = $(L_CONTROL) $(CHECK_LIBS)
%C%_test_shared_siege_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_shared_siege_SOURCES = %D%/test-shared-siege.c $(SHARED_RIG)
%C%_test_shared_siege_LDADD = $(L_CONTROL) $(CHECK_LIBS)
endif
TESTS += %D%/test-shared.sh
EXTRA_DIST += %D%/test-shared.sh
