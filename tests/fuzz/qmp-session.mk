# SPDX-License-Identifier: GPL-3.0-or-later

# What clients of a QMP session send.
if FUZZING
noinst_PROGRAMS += %D%/fuzz-qmp-lexer
%C%_fuzz_qmp_lexer_SOURCES = %D%/fuzz-qmp-lexer.c
%C%_fuzz_qmp_lexer_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_qmp_lexer_LDADD = $(L_QMP)
endif
