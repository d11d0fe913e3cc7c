# SPDX-License-Identifier: GPL-3.0-or-later
# host/: every effect on the machine, one file per kind.
noinst_LIBRARIES += %D%/libhost.a
%C%_libhost_a_SOURCES = \
	%D%/bridge.c %D%/bridge.h %D%/bridge-private.h \
	%D%/bridge-change.c \
	%D%/command.c %D%/command.h \
	%D%/doctor.c %D%/doctor.h %D%/doctor-private.h \
	%D%/doctor-cpu.c \
	%D%/doctor-kernel.c \
	%D%/doctor-network.c \
	%D%/doctor-space.c \
	%D%/doctor-tools.c \
	%D%/emulator-build.c %D%/emulator-build.h \
	%D%/emulator-build-inputs.c %D%/emulator-build-private.h \
	%D%/emulator-build-tools.c \
	%D%/emulator-store.c %D%/emulator-store.h \
	%D%/facts.c %D%/facts.h \
	%D%/fingerprint.c %D%/fingerprint.h \
	%D%/foreground.c %D%/foreground.h \
	%D%/tree.c %D%/tree.h \
	%D%/filesystem.c %D%/filesystem.h \
	%D%/firmware.c %D%/firmware.h \
	%D%/holder.c %D%/holder.h \
	%D%/hook.c %D%/hook.h \
	%D%/image.c %D%/image.h \
	%D%/netem.c %D%/netem.h \
	%D%/netlink.c %D%/netlink.h %D%/netlink-private.h \
	%D%/netlink-link.c %D%/netlink-port.c \
	%D%/kernel.c %D%/kernel.h \
	%D%/lock.c %D%/lock.h \
	%D%/image-grow.c \
	%D%/image-info.c %D%/image-info.h \
	%D%/netlink.c %D%/netlink.h %D%/netlink-private.h \
	%D%/netlink-link.c %D%/netlink-port.c \
	%D%/netns.c %D%/netns.h \
	%D%/marked.c %D%/marked.h \
	%D%/notify.c %D%/notify.h \
	%D%/ovs.c %D%/ovs.h \
	%D%/ports.c %D%/ports.h \
	%D%/process.c %D%/process.h \
	%D%/process-spawn.c \
	%D%/run-as.c %D%/run-as.h \
	%D%/seed.c %D%/seed.h \
	%D%/socket.c %D%/socket.h \
	%D%/tap.c %D%/tap.h
L_HOST = %D%/libhost.a $(NL_LIBS) $(L_PLAN)
