# see tests/README

# QMP as QEMU speaks it, against QEMU.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qmp-conform
TESTS += %D%/test-qmp-conform
%C%_test_qmp_conform_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_conform_SOURCES = %D%/test-qmp-conform.c tests/unit/pump.h tests/unit/tap.h
%C%_test_qmp_conform_LDADD = $(L_QMP) $(CHECK_LIBS)
# Real QEMU reads what planning writes; skipped where there is none.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qemu-accepts
TESTS += %D%/test-qemu-accepts
%C%_test_qemu_accepts_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qemu_accepts_SOURCES = %D%/test-qemu-accepts.c %D%/one-machine.h
%C%_test_qemu_accepts_LDADD = $(L_PLAN) $(CHECK_LIBS)
# The internal switch as a process, with plain sockets and with QEMU.
if HAVE_CHECK
SWITCH_TESTS = \
	%D%/test-switch \
	%D%/test-switch-life
check_PROGRAMS += $(SWITCH_TESTS)
TESTS += $(SWITCH_TESTS)
%C%_test_switch_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_SOURCES = %D%/test-switch.c %D%/switch-rig.c %D%/switch-rig.h
%C%_test_switch_LDADD = $(L_BASE) $(CHECK_LIBS)
%C%_test_switch_life_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_life_SOURCES = %D%/test-switch-life.c %D%/switch-rig.c %D%/switch-rig.h
%C%_test_switch_life_LDADD = $(L_BASE) $(CHECK_LIBS)
endif
