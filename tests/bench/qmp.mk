# SPDX-License-Identifier: GPL-3.0-or-later

# What the shared QMP socket costs; run by hand.
check_PROGRAMS += %D%/bench-qmp
%C%_bench_qmp_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_bench_qmp_SOURCES = %D%/bench-qmp.c %D%/qmp-rig.c %D%/qmp-rig.h
%C%_bench_qmp_LDADD = $(L_CONTROL)
%C%_bench_qmp_LDFLAGS = $(AM_LDFLAGS) -static
