# SPDX-License-Identifier: GPL-3.0-or-later
# Checkpoints of whole labs.
CHECKPOINT_TESTS = \
	%D%/test-checkpoint-cancel.sh \
	%D%/test-checkpoint-copy.sh \
	%D%/test-checkpoint-machines.sh \
	%D%/test-checkpoint-off.sh \
	%D%/test-checkpoint-ready.sh \
	%D%/test-checkpoint-save.sh \
	%D%/test-checkpoint.sh
TESTS += $(CHECKPOINT_TESTS)
EXTRA_DIST += %D%/checkpoint.sh $(CHECKPOINT_TESTS)
