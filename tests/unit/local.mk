# SPDX-License-Identifier: GPL-3.0-or-later
# One fragment per subject; see tests/README.
include %D%/base.mk
include %D%/disks.mk
include %D%/doctor.mk
include %D%/host.mk
include %D%/lab.mk
include %D%/look.mk
include %D%/plan.mk
include %D%/policy.mk
include %D%/profile.mk
include %D%/qmp-client.mk
include %D%/qmp-session.mk
include %D%/run.mk
include %D%/reconcile.mk
include %D%/shared.mk
include %D%/qmp-shell.mk
include %D%/switch.mk
