# SPDX-License-Identifier: GPL-3.0-or-later
TESTS += %D%/test-firmware.sh %D%/test-seed.sh
EXTRA_DIST += %D%/test-firmware.sh %D%/test-seed.sh
