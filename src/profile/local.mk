# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += %D%/libprofile.a
%C%_libprofile_a_SOURCES = \
	%D%/bind.c %D%/bind.h \
	%D%/bind-list.c \
	%D%/bind-private.h \
	%D%/build.c %D%/build.h \
	%D%/complain.c %D%/complain.h \
	%D%/forward.c %D%/forward.h \
	%D%/keys.c %D%/keys.h \
	%D%/keys-boot.c \
	%D%/keys-hooks.c \
	%D%/keys-network.c \
	%D%/model.c %D%/model.h \
	%D%/profile.c %D%/profile.h \
	%D%/schema.c \
	%D%/value.c %D%/value.h \
	%D%/check/check.c %D%/check/check.h \
	%D%/check/check-boot.c \
	%D%/check/check-disk.c \
	%D%/check/check-guest.c \
	%D%/check/check-nic.c \
	%D%/check/check-order.c \
	%D%/check/check-private.c \
	%D%/check/check-ready.c \
	%D%/check/check-screen.c \
	%D%/check/check-switch.c \
	%D%/tree/include.c %D%/tree/include.h \
	%D%/tree/merge.c %D%/tree/merge.h \
	%D%/tree/node.c %D%/tree/node.h \
	%D%/tree/range.c %D%/tree/range.h \
	%D%/tree/vars.c %D%/tree/vars.h \
	%D%/tree/yaml.c %D%/tree/yaml.h
L_PROFILE = %D%/libprofile.a $(YAML_LIBS) $(L_BASE)
