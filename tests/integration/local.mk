# SPDX-License-Identifier: GPL-3.0-or-later
# One fragment per subject; see tests/README.
include %D%/capture.mk
include %D%/clients.mk
include %D%/disks.mk
include %D%/checkpoint.mk
include %D%/doc.mk
include %D%/emulator.mk
include %D%/firmware.mk
include %D%/guest.mk
include %D%/hooks.mk
include %D%/import.mk
include %D%/lab.mk
include %D%/matrix.mk
include %D%/net.mk
include %D%/people.mk
include %D%/plan.mk
include %D%/private.mk
include %D%/policy.mk
include %D%/qmp-client.mk
include %D%/qmp-session.mk
include %D%/run.mk
include %D%/reconcile.mk
include %D%/shared.mk
include %D%/qmp-shell.mk
include %D%/switch.mk
include %D%/faults.mk
