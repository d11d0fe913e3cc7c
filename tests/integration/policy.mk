# SPDX-License-Identifier: GPL-3.0-or-later
# What becomes of machines that end, what they may do to their host, and what they
# need of it.
TESTS += %D%/test-lab-policies.sh %D%/test-lab-once.sh %D%/test-lab-sandbox.sh %D%/test-doctor.sh
TESTS += %D%/test-user.sh %D%/test-user-images.sh %D%/test-clock.sh
EXTRA_DIST += %D%/test-user.sh %D%/test-user-images.sh %D%/test-clock.sh %D%/test-lab-policies.sh %D%/test-lab-once.sh %D%/test-lab-sandbox.sh \
	%D%/test-doctor.sh
