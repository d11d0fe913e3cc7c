# SPDX-License-Identifier: GPL-3.0-or-later
# Disks and firmware.
if HAVE_CHECK
DISK_UNIT_TESTS = %D%/test-host-firmware %D%/test-lab-disk-book %D%/test-lab-disk-chain \
	%D%/test-plan-disk-file
check_PROGRAMS += $(DISK_UNIT_TESTS)
TESTS += $(DISK_UNIT_TESTS)
%C%_test_host_firmware_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_firmware_SOURCES = %D%/test-host-firmware.c %D%/folder.h %D%/tap.h
%C%_test_host_firmware_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_lab_disk_book_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_disk_book_SOURCES = %D%/test-lab-disk-book.c %D%/tap.h
%C%_test_lab_disk_book_LDADD = $(L_LAB) $(CHECK_LIBS)
%C%_test_lab_disk_chain_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_lab_disk_chain_SOURCES = %D%/test-lab-disk-chain.c %D%/tap.h
%C%_test_lab_disk_chain_LDADD = $(L_LAB) $(CHECK_LIBS)
%C%_test_plan_disk_file_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_plan_disk_file_SOURCES = %D%/test-plan-disk-file.c %D%/tap.h
%C%_test_plan_disk_file_LDADD = $(L_PLAN) $(CHECK_LIBS)
endif
