# Tests, in the order in which a failure says most.
include %D%/unit/local.mk
include %D%/fault/local.mk
include %D%/golden/local.mk
include %D%/guest/local.mk
include %D%/integration/local.mk
include %D%/fuzz/local.mk
include %D%/bench/local.mk
