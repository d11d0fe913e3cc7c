# SPDX-License-Identifier: GPL-3.0-or-later
# roost emulator.
TESTS += %D%/test-emulator.sh
EXTRA_DIST += %D%/test-emulator.sh

# The distribution's own QEMU; takes long.
EXTRA_DIST += %D%/check-qemu-source.sh
.PHONY: check-qemu-source
check-qemu-source: all
	$(AM_TESTS_ENVIRONMENT) ROOST_TEST_DEADLINE=20000 $(srcdir)/%D%/check-qemu-source.sh
