# SPDX-License-Identifier: GPL-3.0-or-later
# One fragment per subject; see tests/README.
include %D%/parsers.mk
include %D%/profile.mk
include %D%/qmp-client.mk
include %D%/qmp-session.mk
