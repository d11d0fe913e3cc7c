# SPDX-License-Identifier: GPL-3.0-or-later
# base/: see the folder of that name.
if HAVE_CHECK
check_PROGRAMS += %D%/test-base
TESTS += %D%/test-base
%C%_test_base_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_SOURCES = %D%/test-base.c %D%/tap.h
%C%_test_base_LDADD = $(L_BASE) $(CHECK_LIBS)
endif
