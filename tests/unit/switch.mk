# SPDX-License-Identifier: GPL-3.0-or-later

# The internal switch: its pure parts.
if HAVE_CHECK
SWITCH_UNIT_TESTS = \
	%D%/test-switch-fdb \
	%D%/test-switch-forward \
	%D%/test-switch-options \
	%D%/test-switch-relay
check_PROGRAMS += $(SWITCH_UNIT_TESTS)
TESTS += $(SWITCH_UNIT_TESTS)
%C%_test_switch_fdb_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_fdb_SOURCES = %D%/test-switch-fdb.c %D%/tap.h
%C%_test_switch_fdb_LDADD = $(L_SWITCH) $(CHECK_LIBS)
%C%_test_switch_forward_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_forward_SOURCES = %D%/test-switch-forward.c %D%/tap.h
%C%_test_switch_forward_LDADD = $(L_SWITCH) $(CHECK_LIBS)
%C%_test_switch_options_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_options_SOURCES = %D%/test-switch-options.c %D%/tap.h
%C%_test_switch_options_LDADD = $(L_SWITCH) $(CHECK_LIBS)
%C%_test_switch_relay_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_relay_SOURCES = %D%/test-switch-relay.c %D%/tap.h
%C%_test_switch_relay_LDADD = $(L_SWITCH) $(CHECK_LIBS)
endif
