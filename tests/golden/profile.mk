# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += %D%/check-bad
TESTS += %D%/check-bad
%C%_check_bad_SOURCES = %D%/check-bad.c
%C%_check_bad_LDADD = $(L_PROFILE)
EXTRA_DIST += %D%/bad %D%/many.yaml %D%/many.diag
