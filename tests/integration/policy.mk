# SPDX-License-Identifier: GPL-3.0-or-later
# What becomes of machines that end, and what they may do to their host.
TESTS += %D%/test-lab-policies.sh %D%/test-lab-once.sh %D%/test-lab-sandbox.sh
EXTRA_DIST += %D%/test-lab-policies.sh %D%/test-lab-once.sh %D%/test-lab-sandbox.sh
