# One fragment per subject; see tests/README.
include %D%/qmp-session.mk
