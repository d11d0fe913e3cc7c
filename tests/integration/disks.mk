# SPDX-License-Identifier: GPL-3.0-or-later
# Disks: how they are made, kept, changed and deleted.
TESTS += %D%/test-disks.sh %D%/test-disks-files.sh %D%/test-disks-live.sh %D%/test-disks-jobs.sh %D%/test-disks-places.sh
EXTRA_DIST += %D%/test-disks.sh %D%/test-disks-files.sh %D%/test-disks-live.sh %D%/test-disks-jobs.sh %D%/test-disks-places.sh
