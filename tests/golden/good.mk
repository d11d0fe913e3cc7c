# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += %D%/check-good
TESTS += %D%/check-good
%C%_check_good_SOURCES = %D%/check-good.c %D%/plan-text.c %D%/plan-text.h
%C%_check_good_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_check_good_LDADD = $(L_PLAN)
EXTRA_DIST += %D%/good
