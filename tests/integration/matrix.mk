# SPDX-License-Identifier: GPL-3.0-or-later
# Whole labs on real QEMU, from profile to guest.
MATRIX_TESTS = \
	%D%/test-boot-order.sh \
	%D%/test-quickstart.sh
TESTS += $(MATRIX_TESTS)
EXTRA_DIST += $(MATRIX_TESTS)
