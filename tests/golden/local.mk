# One fragment per subject; see tests/README.
include %D%/good.mk
include %D%/guest.mk
include %D%/profile.mk
