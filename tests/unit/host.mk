# SPDX-License-Identifier: GPL-3.0-or-later
# host/: see the folder of that name.
if HAVE_CHECK
HOST_UNIT_TESTS = %D%/test-host-bridge %D%/test-host-command %D%/test-host-facts \
	%D%/test-host-image %D%/test-host-marked %D%/test-host-netlink %D%/test-host-ovs %D%/test-host-ports \
	%D%/test-host-process %D%/test-host-run-as %D%/test-host-socket
check_PROGRAMS += $(HOST_UNIT_TESTS)
TESTS += $(HOST_UNIT_TESTS)
%C%_test_host_process_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_process_SOURCES = %D%/test-host-process.c %D%/tap.h %D%/wait.h
%C%_test_host_process_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_marked_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_marked_SOURCES = %D%/test-host-marked.c %D%/tap.h %D%/wait.h
%C%_test_host_marked_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_bridge_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_bridge_SOURCES = %D%/test-host-bridge.c %D%/network.h %D%/tap.h
%C%_test_host_bridge_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_command_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_command_SOURCES = %D%/test-host-command.c %D%/wait.h %D%/tap.h
%C%_test_host_command_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_facts_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_facts_SOURCES = %D%/test-host-facts.c %D%/folder.h %D%/tap.h
%C%_test_host_facts_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_image_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_image_SOURCES = %D%/test-host-image.c %D%/folder.h %D%/wait.h %D%/tap.h
%C%_test_host_image_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_ports_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_ports_SOURCES = %D%/test-host-ports.c %D%/tap.h
%C%_test_host_ports_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_run_as_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_run_as_SOURCES = %D%/test-host-run-as.c %D%/folder.h %D%/tap.h
%C%_test_host_run_as_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_socket_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_socket_SOURCES = %D%/test-host-socket.c %D%/folder.h %D%/tap.h
%C%_test_host_socket_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_netlink_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_netlink_SOURCES = %D%/test-host-netlink.c %D%/network.h %D%/tap.h
%C%_test_host_netlink_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_host_ovs_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_ovs_SOURCES = %D%/test-host-ovs.c %D%/tap.h
%C%_test_host_ovs_LDADD = $(L_HOST) $(CHECK_LIBS)
endif
