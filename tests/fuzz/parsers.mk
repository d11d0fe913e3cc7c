# SPDX-License-Identifier: GPL-3.0-or-later

# What else others have written: descriptions of other tools, files that lie about, images,
# frames, and what guests say.
if FUZZING
noinst_PROGRAMS += \
	%D%/fuzz-guard \
	%D%/fuzz-image \
	%D%/fuzz-import \
	%D%/fuzz-pcap \
	%D%/fuzz-records \
	%D%/fuzz-switch
endif
%C%_fuzz_guard_SOURCES = %D%/fuzz-guard.c
%C%_fuzz_guard_LDADD = $(L_CLI)
%C%_fuzz_guard_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_image_SOURCES = %D%/fuzz-image.c
%C%_fuzz_image_LDADD = $(L_HOST)
%C%_fuzz_image_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_import_SOURCES = %D%/fuzz-import.c
%C%_fuzz_import_LDADD = $(L_IMPORT)
%C%_fuzz_import_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_pcap_SOURCES = %D%/fuzz-pcap.c
%C%_fuzz_pcap_LDADD = $(L_CLI)
%C%_fuzz_pcap_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_records_SOURCES = %D%/fuzz-records.c
%C%_fuzz_records_LDADD = $(L_LAB)
%C%_fuzz_records_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_switch_SOURCES = %D%/fuzz-switch.c
%C%_fuzz_switch_LDADD = $(L_SWITCH)
%C%_fuzz_switch_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
