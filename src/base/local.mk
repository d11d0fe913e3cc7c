# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES = \
	%D%/diag.c %D%/diag.h \
	%D%/dirs.c %D%/dirs.h \
	%D%/error.c %D%/error.h \
	%D%/ether.c %D%/ether.h \
	%D%/file.c %D%/file.h \
	%D%/optread.c %D%/optread.h \
	%D%/quantity.c %D%/quantity.h \
	%D%/record.c %D%/record.h \
	%D%/record-text.c \
	%D%/text.c %D%/text.h
L_BASE = %D%/libbase.a $(JSON_LIBS) $(GLIB_LIBS) -lm
