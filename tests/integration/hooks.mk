# SPDX-License-Identifier: GPL-3.0-or-later
# Hooks: programs of the user's around what a lab does.
TESTS += %D%/test-hooks.sh
EXTRA_DIST += %D%/test-hooks.sh
