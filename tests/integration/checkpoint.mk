# SPDX-License-Identifier: GPL-3.0-or-later
# Checkpoints of whole labs.
TESTS += %D%/test-checkpoint.sh
EXTRA_DIST += %D%/test-checkpoint.sh
