# SPDX-License-Identifier: GPL-3.0-or-later
# lab/: a running lab: walks the plan, keeps the state, minds the machines.
noinst_LIBRARIES += %D%/liblab.a
%C%_liblab_a_SOURCES = \
	%D%/conflicts.c %D%/conflicts.h \
	%D%/findings.c %D%/findings.h \
	%D%/forward.c %D%/forward.h \
	%D%/lab.c %D%/lab.h \
	%D%/lab-adopt.c \
	%D%/lab-claim.c \
	%D%/lab-down.c \
	%D%/lab-private.h \
	%D%/lab-turn.c \
	%D%/lab-up.c \
	%D%/lab-walk.c \
	%D%/mind.c %D%/mind.h \
	%D%/networks.c %D%/networks.h \
	%D%/overview.c %D%/overview.h \
	%D%/preflight.c %D%/preflight.h \
	%D%/registry.c %D%/registry.h \
	%D%/remains.c %D%/remains.h \
	%D%/state.c %D%/state.h \
	%D%/switches.c %D%/switches.h \
	%D%/walk.c %D%/walk.h \
	%D%/checkpoints/checkpoint.h \
	%D%/checkpoints/checkpoint-adopt.c \
	%D%/checkpoints/checkpoint-copy.c \
	%D%/checkpoints/checkpoint-draft.c %D%/checkpoints/checkpoint-draft.h \
	%D%/checkpoints/checkpoint-load.c \
	%D%/checkpoints/checkpoint-remove.c \
	%D%/checkpoints/checkpoint-save.c \
	%D%/checkpoints/checkpoint-store.c \
	%D%/checkpoints/checkpoint-turn.c %D%/checkpoints/checkpoint-turn.h \
	%D%/disks/block-job.c %D%/disks/block-job.h \
	%D%/disks/disk-adopt.c %D%/disks/disk-adopt.h \
	%D%/disks/disk-backup.c %D%/disks/disk-backup.h \
	%D%/disks/disk-book.c %D%/disks/disk-book.h \
	%D%/disks/disk-chain.c %D%/disks/disk-chain.h \
	%D%/disks/disk-job.c %D%/disks/disk-job.h \
	%D%/disks/disk-layer.c %D%/disks/disk-layer.h \
	%D%/disks/disk-live.c %D%/disks/disk-live.h \
	%D%/disks/disk-media.c %D%/disks/disk-media.h \
	%D%/disks/disk-merge.c %D%/disks/disk-merge.h \
	%D%/disks/disk-merge-begin.c \
	%D%/disks/disk-merge-choice.c \
	%D%/disks/disk-merge-private.h \
	%D%/disks/disk-nodes.c %D%/disks/disk-nodes.h \
	%D%/disks/disk-shorten.c %D%/disks/disk-shorten.h \
	%D%/disks/firmware-vars.c %D%/disks/firmware-vars.h \
	%D%/disks/images.c %D%/disks/images.h \
	%D%/disks/images-made.c \
	%D%/disks/images-private.h \
	%D%/disks/images-remove.c \
	%D%/effects/effect.h \
	%D%/effects/effect-directory.c \
	%D%/effects/effect-helper.c %D%/effects/effect-helper.h \
	%D%/effects/effect-hook.c \
	%D%/effects/effect-image.c \
	%D%/effects/effect-machine.c \
	%D%/effects/effect-netns.c \
	%D%/effects/effect-network.c \
	%D%/effects/effect-ovs.c \
	%D%/effects/effect-switch.c \
	%D%/effects/effect-uplink.c \
	%D%/effects/effects.c %D%/effects/effects.h \
	%D%/reconcile/reconcile.c %D%/reconcile/reconcile.h \
	%D%/reconcile/reconcile-networks.c \
	%D%/reconcile/reconcile-parts.c \
	%D%/reconcile/reconcile-plan.c \
	%D%/reconcile/reconcile-ports.c \
	%D%/reconcile/reconcile-private.h
L_LAB = %D%/liblab.a $(L_MACHINE)
