# SPDX-License-Identifier: GPL-3.0-or-later
# What a new user meets: help, manual pages, completion, an installed tree.
TESTS += \
	%D%/test-doc.sh \
	%D%/test-install.sh \
	%D%/test-terminal.sh
EXTRA_DIST += \
	%D%/qmp-example.c \
	%D%/test-doc.sh \
	%D%/test-install.sh \
	%D%/test-terminal.sh

# What was really installed, where it was configured to be.
installcheck-local: installcheck-roost
.PHONY: installcheck-roost
installcheck-roost:
	ROOST_PREFIX='$(prefix)' ROOST_SRCDIR='$(abs_top_srcdir)' ROOST_BUILDDIR='$(abs_top_builddir)' \
		$(srcdir)/%D%/test-install.sh \
	%D%/test-terminal.sh
