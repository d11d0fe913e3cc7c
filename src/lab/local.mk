# SPDX-License-Identifier: GPL-3.0-or-later
# lab/: a running lab: walks the plan, keeps the state, minds the machines.
noinst_LIBRARIES += %D%/liblab.a
%C%_liblab_a_SOURCES = \
	%D%/conflicts.c %D%/conflicts.h \
	%D%/capture.c %D%/capture.h \
	%D%/checkpoint-adopt.c \
	%D%/checkpoint-copy.c \
	%D%/checkpoint-draft.c %D%/checkpoint-draft.h \
	%D%/checkpoint-load.c \
	%D%/checkpoint-remove.c \
	%D%/checkpoint-save.c \
	%D%/checkpoint-store.c %D%/checkpoint.h \
	%D%/condition-event.c \
	%D%/condition-https.c \
	%D%/condition-screen.c \
	%D%/condition-serial.c \
	%D%/condition-tcp.c \
	%D%/condition.c %D%/condition.h %D%/condition-private.h \
	%D%/describe.c %D%/describe.h \
	%D%/diary.c %D%/diary.h \
	%D%/effect-directory.c \
	%D%/effect-helper.c %D%/effect-helper.h \
	%D%/effect-hook.c \
	%D%/effect-image.c \
	%D%/effect-machine.c \
	%D%/effect-netns.c \
	%D%/effect-network.c \
	%D%/effect-ovs.c \
	%D%/effect-switch.c \
	%D%/block-job.c %D%/block-job.h \
	%D%/disk-adopt.c %D%/disk-adopt.h \
	%D%/disk-backup.c %D%/disk-backup.h \
	%D%/disk-book.c %D%/disk-book.h \
	%D%/disk-chain.c %D%/disk-chain.h \
	%D%/disk-job.c %D%/disk-job.h \
	%D%/disk-live.c %D%/disk-live.h \
	%D%/disk-shorten.c %D%/disk-shorten.h \
	%D%/disk-merge.c %D%/disk-merge.h %D%/disk-merge-private.h \
	%D%/disk-merge-choice.c \
	%D%/disk-nodes.c %D%/disk-nodes.h \
	%D%/effect-uplink.c \
	%D%/effects.c %D%/effects.h %D%/effect.h \
	%D%/emulator.c %D%/emulator.h \
	%D%/firmware-vars.c %D%/firmware-vars.h \
	%D%/findings.c %D%/findings.h \
	%D%/forward.c %D%/forward.h \
	%D%/hmp.c %D%/hmp.h \
	%D%/keymap.c %D%/keymap.h \
	%D%/images.c %D%/images.h \
	%D%/lab.c %D%/lab.h %D%/lab-private.h \
	%D%/lab-adopt.c \
	%D%/lab-claim.c \
	%D%/lab-turn.c \
	%D%/lab-up.c \
	%D%/lab-walk.c \
	%D%/networks.c %D%/networks.h \
	%D%/overview.c %D%/overview.h \
	%D%/link.c %D%/link.h \
	%D%/machine.c %D%/machine.h %D%/machine-private.h \
	%D%/machine-adopt.c \
	%D%/machine-spawn.c \
	%D%/machine-memory.c %D%/machine-memory.h \
	%D%/machine-start.c \
	%D%/machine-stop.c \
	%D%/mind.c %D%/mind.h \
	%D%/once.c %D%/once.h \
	%D%/policy.c %D%/policy.h \
	%D%/machine-wait.c \
	%D%/plug.c %D%/plug.h \
	%D%/plug-command.c %D%/plug-command.h \
	%D%/plug-settle.c \
	%D%/preflight.c %D%/preflight.h \
	%D%/reconcile.c %D%/reconcile.h %D%/reconcile-private.h \
	%D%/reconcile-plan.c \
	%D%/reconcile-parts.c \
	%D%/reconcile-ports.c \
	%D%/registry.c %D%/registry.h \
	%D%/remains.c %D%/remains.h \
	%D%/screenshot.c %D%/screenshot.h \
	%D%/state.c %D%/state.h \
	%D%/story.c %D%/story.h \
	%D%/story-tell.c \
	%D%/switches.c %D%/switches.h \
	%D%/typing.c %D%/typing.h \
	%D%/usernet.c %D%/usernet.h \
	%D%/waiters.c %D%/waiters.h \
	%D%/walk.c %D%/walk.h
L_LAB = %D%/liblab.a $(L_HOST) $(L_QMP)
