# SPDX-License-Identifier: GPL-3.0-or-later
# One fragment per subject; see tests/README.
include %D%/guest.mk
include %D%/net.mk
include %D%/qmp.mk
include %D%/spawn.mk
include %D%/switch.mk
