# SPDX-License-Identifier: GPL-3.0-or-later
if FUZZING
noinst_PROGRAMS += %D%/fuzz-qmp-scan
endif
%C%_fuzz_qmp_scan_SOURCES = %D%/fuzz-qmp-scan.c
%C%_fuzz_qmp_scan_LDADD = $(L_QMP)
%C%_fuzz_qmp_scan_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
