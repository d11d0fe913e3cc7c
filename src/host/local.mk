# SPDX-License-Identifier: GPL-3.0-or-later
# host/: every effect on the machine, one file per kind.
noinst_LIBRARIES += %D%/libhost.a
%C%_libhost_a_SOURCES = \
	%D%/facts.c %D%/facts.h \
	%D%/filesystem.c %D%/filesystem.h \
	%D%/holder.c %D%/holder.h \
	%D%/lock.c %D%/lock.h \
	%D%/socket.c %D%/socket.h \
	%D%/tree.c %D%/tree.h \
	%D%/doctor/doctor.c %D%/doctor/doctor.h \
	%D%/doctor/doctor-cpu.c \
	%D%/doctor/doctor-kernel.c \
	%D%/doctor/doctor-network.c \
	%D%/doctor/doctor-private.h \
	%D%/doctor/doctor-space.c \
	%D%/doctor/doctor-tools.c \
	%D%/emulator/emulator-build.c %D%/emulator/emulator-build.h \
	%D%/emulator/emulator-build-inputs.c \
	%D%/emulator/emulator-build-private.h \
	%D%/emulator/emulator-build-tools.c \
	%D%/emulator/emulator-store.c %D%/emulator/emulator-store.h \
	%D%/emulator/fingerprint.c %D%/emulator/fingerprint.h \
	%D%/emulator/firmware.c %D%/emulator/firmware.h \
	%D%/image/image.c %D%/image/image.h \
	%D%/image/image-copy.c %D%/image/image-copy.h \
	%D%/image/image-grow.c \
	%D%/image/image-info.c %D%/image/image-info.h \
	%D%/image/seed.c %D%/image/seed.h \
	%D%/network/bridge.c %D%/network/bridge.h \
	%D%/network/bridge-change.c \
	%D%/network/bridge-private.h \
	%D%/network/bridge-survey.c \
	%D%/network/kernel.c %D%/network/kernel.h \
	%D%/network/netem.c %D%/network/netem.h \
	%D%/network/netlink.c %D%/network/netlink.h \
	%D%/network/netlink-link.c \
	%D%/network/netlink-port.c \
	%D%/network/netlink-private.h \
	%D%/network/netns.c %D%/network/netns.h \
	%D%/network/ovs.c %D%/network/ovs.h \
	%D%/network/ports.c %D%/network/ports.h \
	%D%/network/tap.c %D%/network/tap.h \
	%D%/process/command.c %D%/process/command.h \
	%D%/process/foreground.c %D%/process/foreground.h \
	%D%/process/hook.c %D%/process/hook.h \
	%D%/process/marked.c %D%/process/marked.h \
	%D%/process/notify.c %D%/process/notify.h \
	%D%/process/process.c %D%/process/process.h \
	%D%/process/identity.c %D%/process/identity.h \
	%D%/process/process-spawn.c \
	%D%/process/run-as.c %D%/process/run-as.h \
	%D%/process/usage.c %D%/process/usage.h
L_HOST = %D%/libhost.a $(NL_LIBS) $(L_PLAN)
