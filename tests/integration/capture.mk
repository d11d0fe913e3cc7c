# SPDX-License-Identifier: GPL-3.0-or-later
TESTS += %D%/test-capture.sh
EXTRA_DIST += %D%/test-capture.sh
