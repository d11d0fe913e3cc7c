# One fragment per subject; see tests/README.
include %D%/lab.mk
include %D%/qmp-client.mk
include %D%/qmp-session.mk
