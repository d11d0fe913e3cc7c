# One fragment per subject; see tests/README.
include %D%/guest.mk
include %D%/plan.mk
include %D%/qmp-client.mk
include %D%/qmp-session.mk
include %D%/qmp-shell.mk
include %D%/switch.mk
