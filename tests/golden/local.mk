# SPDX-License-Identifier: GPL-3.0-or-later
# One fragment per subject; see tests/README.
include %D%/good.mk
include %D%/guest.mk
include %D%/profile.mk
