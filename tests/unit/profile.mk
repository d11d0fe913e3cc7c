# SPDX-License-Identifier: GPL-3.0-or-later

# profile/
if HAVE_CHECK
PROFILE_TESTS = \
	%D%/test-profile-large \
	%D%/test-profile-load \
	%D%/test-profile-parts \
	%D%/test-profile-schema
check_PROGRAMS += $(PROFILE_TESTS)
TESTS += $(PROFILE_TESTS)
%C%_test_profile_large_SOURCES = %D%/test-profile-large.c %D%/find.h %D%/tap.h
%C%_test_profile_large_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_profile_large_LDADD = $(L_PROFILE) $(CHECK_LIBS)
%C%_test_profile_load_SOURCES = %D%/test-profile-load.c %D%/find.h %D%/folder.h %D%/tap.h
%C%_test_profile_load_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_profile_load_LDADD = $(L_PROFILE) $(CHECK_LIBS)
%C%_test_profile_parts_SOURCES = %D%/test-profile-parts.c %D%/tap.h
%C%_test_profile_parts_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_profile_parts_LDADD = $(L_PROFILE) $(CHECK_LIBS)
%C%_test_profile_schema_SOURCES = %D%/test-profile-schema.c %D%/tap.h
%C%_test_profile_schema_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_profile_schema_LDADD = $(L_PROFILE) $(CHECK_LIBS)
endif
