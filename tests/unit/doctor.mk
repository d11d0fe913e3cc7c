# SPDX-License-Identifier: GPL-3.0-or-later
# roost doctor.
if HAVE_CHECK
check_PROGRAMS += %D%/test-host-doctor
TESTS += %D%/test-host-doctor
%C%_test_host_doctor_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_doctor_SOURCES = %D%/test-host-doctor.c %D%/folder.h %D%/tap.h
%C%_test_host_doctor_LDADD = $(L_HOST) $(CHECK_LIBS)
endif
