# SPDX-License-Identifier: GPL-3.0-or-later
# host/: see the folder of that name.
if HAVE_CHECK
HOST_UNIT_TESTS = %D%/test-host-process %D%/test-host-marked %D%/test-host-files \
	%D%/test-host-netlink %D%/test-host-ovs
check_PROGRAMS += $(HOST_UNIT_TESTS)
TESTS += $(HOST_UNIT_TESTS)
%C%_test_host_process_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_process_SOURCES = %D%/test-host-process.c %D%/tap.h %D%/wait.h
%C%_test_host_process_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_marked_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_marked_SOURCES = %D%/test-host-marked.c %D%/tap.h %D%/wait.h
%C%_test_host_marked_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_files_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_files_SOURCES = %D%/test-host-files.c %D%/tap.h %D%/wait.h
%C%_test_host_files_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_netlink_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_netlink_SOURCES = %D%/test-host-netlink.c %D%/tap.h
%C%_test_host_netlink_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_ovs_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_ovs_SOURCES = %D%/test-host-ovs.c %D%/tap.h
%C%_test_host_ovs_LDADD = $(L_HOST) $(CHECK_LIBS)
endif
