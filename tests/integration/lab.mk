# SPDX-License-Identifier: GPL-3.0-or-later
# Whole labs on real QEMU, and on one that fails as the test wants.
check_PROGRAMS += tests/fake/fake-qemu
tests_fake_fake_qemu_SOURCES = tests/fake/fake-qemu.c
tests_fake_fake_qemu_LDADD = $(L_BASE)
TESTS += %D%/test-lab.sh %D%/test-lab-life.sh %D%/test-lab-faults.sh %D%/test-nocow.sh
EXTRA_DIST += %D%/lab.sh %D%/test-lab.sh %D%/test-lab-life.sh %D%/test-lab-faults.sh %D%/test-nocow.sh
