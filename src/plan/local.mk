# SPDX-License-Identifier: GPL-3.0-or-later
# plan/: a checked lab becomes the ordered list of steps; qemu/ has the command lines.
noinst_LIBRARIES += %D%/libplan.a
%C%_libplan_a_SOURCES = \
	%D%/accel.c %D%/accel.h \
	%D%/bootorder.c %D%/bootorder.h \
	%D%/claims.c %D%/claims.h \
	%D%/drives.c %D%/drives.h \
	%D%/facts.c %D%/facts.h \
	%D%/firmware.c %D%/firmware.h \
	%D%/graph.c %D%/graph.h \
	%D%/graph-svg.c \
	%D%/hook-steps.c %D%/hook-steps.h \
	%D%/ids.c %D%/ids.h \
	%D%/machine-step.c %D%/machine-step.h \
	%D%/paths.c %D%/paths.h \
	%D%/plan.c %D%/plan.h \
	%D%/planner.c %D%/planner.h \
	%D%/resources.c %D%/resources.h \
	%D%/run-as.c %D%/run-as.h \
	%D%/seeds.c %D%/seeds.h \
	%D%/step.c %D%/step.h \
	%D%/step-describe.c \
	%D%/diff/diff.c %D%/diff/diff.h \
	%D%/diff/diff-machine.c \
	%D%/diff/diff-network.c \
	%D%/diff/diff-parts.c \
	%D%/diff/diff-private.h \
	%D%/network/ifnames.c %D%/network/ifnames.h \
	%D%/network/netns-step.c %D%/network/netns-step.h \
	%D%/network/network-private.h \
	%D%/network/network-steps.c %D%/network/network-steps.h \
	%D%/network/step-network.c %D%/network/step-network.h \
	%D%/network/switch-ports.c %D%/network/switch-ports.h \
	%D%/network/switch-steps.c %D%/network/switch-steps.h \
	%D%/network/tap-steps.c \
	%D%/qemu/argv.c %D%/qemu/argv.h \
	%D%/qemu/argv-diff.c %D%/qemu/argv-diff.h \
	%D%/qemu/disk-file.h \
	%D%/qemu/emulator-check.c %D%/qemu/emulator-check.h \
	%D%/qemu/hostfwd.c %D%/qemu/hostfwd.h \
	%D%/qemu/optstr.c %D%/qemu/optstr.h \
	%D%/qemu/part.h \
	%D%/qemu/part-private.h \
	%D%/qemu/qemu.h \
	%D%/qemu/qemu-devices.c \
	%D%/qemu/qemu-disk-file.c \
	%D%/qemu/qemu-disks.c \
	%D%/qemu/qemu-firmware.c \
	%D%/qemu/qemu-inputs.c \
	%D%/qemu/qemu-machine.c \
	%D%/qemu/qemu-nics.c \
	%D%/qemu/qemu-part.c \
	%D%/qemu/qemu-part-change.c \
	%D%/qemu/qemu-part-place.c \
	%D%/qemu/qemu-ports.c \
	%D%/qemu/qemu-watch.c \
	%D%/qemu/uplink-step.c %D%/qemu/uplink-step.h
L_PLAN = %D%/libplan.a $(UUID_LIBS) $(L_PROFILE)
