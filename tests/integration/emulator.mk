# SPDX-License-Identifier: GPL-3.0-or-later
# roost emulator.
TESTS += %D%/test-emulator.sh
EXTRA_DIST += %D%/test-emulator.sh
