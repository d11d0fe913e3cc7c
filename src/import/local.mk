# SPDX-License-Identifier: GPL-3.0-or-later
# import/: what other tools describe a machine by, to a profile. Pure.
noinst_LIBRARIES += %D%/libimport.a
%C%_libimport_a_SOURCES = \
	%D%/draft.c %D%/draft.h \
	%D%/import.c %D%/import.h \
	%D%/libvirt.c %D%/libvirt.h \
	%D%/libvirt-devices.c %D%/libvirt-private.h \
	%D%/libvirt-disks.c \
	%D%/libvirt-nics.c \
	%D%/libvirt-screens.c \
	%D%/qemu-boot.c \
	%D%/qemu-devices.c \
	%D%/qemu-line.c %D%/qemu-line.h \
	%D%/qemu-network.c \
	%D%/qemu-options.c %D%/qemu-private.h \
	%D%/xml.c %D%/xml.h \
	%D%/yaml-writer.c %D%/yaml-writer.h
L_IMPORT = %D%/libimport.a $(L_PROFILE)
