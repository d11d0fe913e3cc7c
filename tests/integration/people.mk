# SPDX-License-Identifier: GPL-3.0-or-later
# What people who work with several machines say to them.
TESTS += %D%/test-idle.sh %D%/test-many.sh %D%/test-ssh.sh
EXTRA_DIST += %D%/test-idle.sh %D%/test-many.sh %D%/test-ssh.sh
