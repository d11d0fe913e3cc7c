# SPDX-License-Identifier: GPL-3.0-or-later

# QMP as QEMU speaks it, against QEMU.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qmp-conform
TESTS += %D%/test-qmp-conform
%C%_test_qmp_conform_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_conform_SOURCES = %D%/test-qmp-conform.c %D%/qmp-conform-rows.h tests/unit/pump.h tests/unit/tap.h \
	$(QMP_REAL_HELPERS)
%C%_test_qmp_conform_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
