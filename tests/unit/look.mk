# SPDX-License-Identifier: GPL-3.0-or-later
# What looks at networks, networks of labs of their own, and what a terminal gets.
if HAVE_CHECK
LOOK_UNIT_TESTS = %D%/test-cli-guard %D%/test-cli-net %D%/test-cli-pcap \
	%D%/test-host-netns %D%/test-plan-graph
check_PROGRAMS += $(LOOK_UNIT_TESTS)
TESTS += $(LOOK_UNIT_TESTS)
%C%_test_cli_guard_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_cli_guard_SOURCES = %D%/test-cli-guard.c %D%/tap.h
%C%_test_cli_guard_LDADD = $(L_CLI) $(CHECK_LIBS)
%C%_test_cli_net_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_cli_net_SOURCES = %D%/test-cli-net.c %D%/tap.h
%C%_test_cli_net_LDADD = $(L_CLI) $(CHECK_LIBS)
%C%_test_cli_pcap_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_cli_pcap_SOURCES = %D%/test-cli-pcap.c %D%/tap.h
%C%_test_cli_pcap_LDADD = $(L_CLI) $(CHECK_LIBS)
%C%_test_host_netns_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_host_netns_SOURCES = %D%/test-host-netns.c %D%/tap.h
%C%_test_host_netns_LDADD = $(L_HOST) $(CHECK_LIBS)
%C%_test_plan_graph_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_plan_graph_SOURCES = %D%/test-plan-graph.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_graph_LDADD = $(L_PLAN) $(CHECK_LIBS)
endif
