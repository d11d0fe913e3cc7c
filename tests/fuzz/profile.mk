# SPDX-License-Identifier: GPL-3.0-or-later

# profile/: tests/fuzz/fuzz-profile CORPUS, begun with tests/golden/bad and profiles/
if FUZZING
noinst_PROGRAMS += %D%/fuzz-profile
%C%_fuzz_profile_SOURCES = %D%/fuzz-profile.c
%C%_fuzz_profile_LDADD = $(L_PROFILE)
%C%_fuzz_profile_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
