# SPDX-License-Identifier: GPL-3.0-or-later
# Labs with a network of their own, without privilege.
TESTS += %D%/test-private.sh %D%/test-private-ovs.sh
EXTRA_DIST += %D%/private.sh %D%/test-private.sh %D%/test-private-ovs.sh
