# SPDX-License-Identifier: GPL-3.0-or-later
# base/: see the folder of that name.
if HAVE_CHECK
BASE_UNIT_TESTS = %D%/test-base-diag %D%/test-base-quantity %D%/test-base-text %D%/test-base-ether \
	%D%/test-base-record %D%/test-base-error %D%/test-base-file %D%/test-base-optread
check_PROGRAMS += $(BASE_UNIT_TESTS)
TESTS += $(BASE_UNIT_TESTS)
%C%_test_base_diag_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_diag_SOURCES = %D%/test-base-diag.c %D%/tap.h
%C%_test_base_diag_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_base_quantity_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_quantity_SOURCES = %D%/test-base-quantity.c %D%/tap.h
%C%_test_base_quantity_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_base_text_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_text_SOURCES = %D%/test-base-text.c %D%/tap.h
%C%_test_base_text_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_base_ether_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_ether_SOURCES = %D%/test-base-ether.c %D%/tap.h
%C%_test_base_ether_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_base_record_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_record_SOURCES = %D%/test-base-record.c %D%/tap.h
%C%_test_base_record_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_base_error_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_error_SOURCES = %D%/test-base-error.c %D%/tap.h
%C%_test_base_error_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_base_file_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_file_SOURCES = %D%/test-base-file.c %D%/tap.h
%C%_test_base_file_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_base_optread_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_base_optread_SOURCES = %D%/test-base-optread.c %D%/tap.h
%C%_test_base_optread_LDADD = $(L_BASE) $(CHECK_LIBS)
endif
