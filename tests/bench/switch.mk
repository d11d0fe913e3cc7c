# SPDX-License-Identifier: GPL-3.0-or-later

# What the internal switch costs; run by hand.
check_PROGRAMS += %D%/bench-switch
%C%_bench_switch_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_bench_switch_SOURCES = %D%/bench-switch.c tests/integration/switch-rig.c \
	tests/integration/switch-rig.h
%C%_bench_switch_LDADD = $(L_BASE)
