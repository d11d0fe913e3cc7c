# SPDX-License-Identifier: GPL-3.0-or-later
# roost import.
TESTS += %D%/test-import.sh
EXTRA_DIST += \
	%D%/test-import.sh \
	tests/golden/import/esxi-5.5.xml \
	tests/golden/import/esxi-5.5.yaml \
	tests/golden/import/esxi-6.5-ahci-usb.txt \
	tests/golden/import/esxi-6.5-ahci-usb.yaml \
	tests/golden/import/first-boot.txt \
	tests/golden/import/first-boot.yaml \
	tests/golden/import/odd.txt \
	tests/golden/import/odd.yaml \
	tests/golden/import/virt-install.xml \
	tests/golden/import/virt-install.yaml
