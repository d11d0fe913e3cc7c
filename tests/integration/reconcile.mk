# SPDX-License-Identifier: GPL-3.0-or-later
# What labs claim of each other, and labs that change while they run.
TESTS += %D%/test-conflicts.sh %D%/test-reconcile.sh %D%/test-hotplug.sh
EXTRA_DIST += %D%/test-conflicts.sh %D%/test-reconcile.sh %D%/test-hotplug.sh
