# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += %D%/libprofile.a
%C%_libprofile_a_SOURCES = \
	%D%/bind.c %D%/bind.h %D%/bind-private.h \
	%D%/bind-list.c \
	%D%/build.c %D%/build.h \
	%D%/check-boot.c \
	%D%/check-disk.c \
	%D%/check-guest.c \
	%D%/check-nic.c \
	%D%/check-order.c \
	%D%/check-private.c \
	%D%/check-switch.c \
	%D%/check-screen.c \
	%D%/check-ready.c \
	%D%/check.c %D%/check.h \
	%D%/complain.c %D%/complain.h \
	%D%/forward.c %D%/forward.h \
	%D%/include.c %D%/include.h \
	%D%/keys.c %D%/keys.h \
	%D%/keys-boot.c \
	%D%/keys-hooks.c \
	%D%/keys-network.c \
	%D%/merge.c %D%/merge.h \
	%D%/model.c %D%/model.h \
	%D%/node.c %D%/node.h \
	%D%/profile.c %D%/profile.h \
	%D%/range.c %D%/range.h \
	%D%/schema.c \
	%D%/value.c %D%/value.h \
	%D%/vars.c %D%/vars.h \
	%D%/yaml.c %D%/yaml.h
L_PROFILE = %D%/libprofile.a $(YAML_LIBS) $(L_BASE)
