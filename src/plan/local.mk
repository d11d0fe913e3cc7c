# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += %D%/libplan.a
%C%_libplan_a_SOURCES = \
	%D%/accel.c %D%/accel.h \
	%D%/argv.c %D%/argv.h \
	%D%/argv-diff.c %D%/argv-diff.h \
	%D%/bootorder.c %D%/bootorder.h \
	%D%/claims.c %D%/claims.h \
	%D%/diff.c %D%/diff.h %D%/diff-private.h \
	%D%/diff-parts.c \
	%D%/qemu-disk-file.c %D%/disk-file.h \
	%D%/drives.c %D%/drives.h \
	%D%/emulator-check.c %D%/emulator-check.h \
	%D%/facts.c %D%/facts.h \
	%D%/graph.c %D%/graph.h \
	%D%/graph-svg.c \
	%D%/hostfwd.c %D%/hostfwd.h \
	%D%/hook-steps.c %D%/hook-steps.h \
	%D%/firmware.c %D%/firmware.h \
	%D%/ids.c %D%/ids.h \
	%D%/ifnames.c %D%/ifnames.h \
	%D%/machine-step.c %D%/machine-step.h \
	%D%/netns-step.c %D%/netns-step.h \
	%D%/network-steps.c %D%/network-steps.h \
	%D%/optstr.c %D%/optstr.h \
	%D%/paths.c %D%/paths.h \
	%D%/plan.c %D%/plan.h \
	%D%/planner.c %D%/planner.h \
	%D%/qemu.h \
	%D%/qemu-devices.c \
	%D%/qemu-disks.c \
	%D%/qemu-firmware.c \
	%D%/qemu-inputs.c \
	%D%/qemu-machine.c \
	%D%/qemu-nics.c \
	%D%/qemu-part.c %D%/part.h %D%/part-private.h \
	%D%/qemu-part-place.c \
	%D%/qemu-ports.c \
	%D%/qemu-watch.c \
	%D%/resources.c %D%/resources.h \
	%D%/run-as.c %D%/run-as.h \
	%D%/seeds.c %D%/seeds.h \
	%D%/step.c %D%/step.h \
	%D%/step-network.c %D%/step-network.h \
	%D%/switch-ports.c %D%/switch-ports.h \
	%D%/switch-steps.c %D%/switch-steps.h \
	%D%/uplink-step.c %D%/uplink-step.h
L_PLAN = %D%/libplan.a $(UUID_LIBS) $(L_PROFILE)
