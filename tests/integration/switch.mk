# SPDX-License-Identifier: GPL-3.0-or-later

# The internal switch as a process, with plain sockets and with QEMU.
if HAVE_CHECK
SWITCH_TESTS = \
	%D%/test-switch \
	%D%/test-switch-life \
	%D%/test-switch-qemu
check_PROGRAMS += $(SWITCH_TESTS)
TESTS += $(SWITCH_TESTS)
%C%_test_switch_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_SOURCES = %D%/test-switch.c %D%/switch-rig.c %D%/switch-rig.h
%C%_test_switch_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_switch_life_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_life_SOURCES = %D%/test-switch-life.c %D%/switch-rig.c %D%/switch-rig.h
%C%_test_switch_life_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_switch_qemu_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_qemu_SOURCES = %D%/test-switch-qemu.c %D%/switch-rig.c %D%/switch-rig.h
%C%_test_switch_qemu_LDADD = $(L_BASE) $(CHECK_LIBS)
endif
