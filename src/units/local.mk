# SPDX-License-Identifier: GPL-3.0-or-later
# units/: the unit of the user's systemd.
systemduserunitdir = $(prefix)/lib/systemd/user
nodist_systemduserunit_DATA = %D%/roost@.service
EXTRA_DIST += %D%/roost@.service.in
CLEANFILES += %D%/roost@.service

%D%/roost@.service: %D%/roost@.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		$(SED) 's|[@]bindir[@]|$(bindir)|' '$(srcdir)/%D%/roost@.service.in' >'$@.new' && mv '$@.new' '$@'
