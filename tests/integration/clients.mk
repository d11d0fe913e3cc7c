# SPDX-License-Identifier: GPL-3.0-or-later
# Public QMP clients on a machine of roost, fetched from the distribution.
TESTS += %D%/test-qmp-clients.sh
EXTRA_DIST += %D%/test-qmp-clients.sh %D%/qmp-clients.py tests/clients/mkclients.sh
clean-local: clean-clients
.PHONY: clean-clients
clean-clients:
	rm -rf tests/clients/build
