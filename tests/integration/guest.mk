# SPDX-License-Identifier: GPL-3.0-or-later
# Real QEMU, real guests; see tests/README.
TESTS += %D%/test-guest.sh
EXTRA_DIST += \
	%D%/lib.sh \
	%D%/test-guest.sh
