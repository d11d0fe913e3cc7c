# SPDX-License-Identifier: GPL-3.0-or-later
TESTS += %D%/test-firmware.sh %D%/test-secure-boot.sh %D%/test-seed.sh
EXTRA_DIST += %D%/test-firmware.sh %D%/test-secure-boot.sh %D%/test-seed.sh
EXTRA_DIST += %D%/check-cloud-init.sh
.PHONY: check-cloud-init
check-cloud-init: all
	$(AM_TESTS_ENVIRONMENT) ROOST_TEST_DEADLINE=2400 $(srcdir)/%D%/check-cloud-init.sh
