# SPDX-License-Identifier: GPL-3.0-or-later

# Real QEMU reads what planning writes; skipped where there is none.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qemu-accepts
TESTS += %D%/test-qemu-accepts
%C%_test_qemu_accepts_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qemu_accepts_SOURCES = %D%/test-qemu-accepts.c %D%/one-machine.h
%C%_test_qemu_accepts_LDADD = $(L_PLAN) $(CHECK_LIBS)
endif
