# SPDX-License-Identifier: GPL-3.0-or-later
# The real guests; see tests/README. `make guest` builds the Linux one and says
# what is missing when it cannot; `make check` then goes on without it.
GUEST = %D%/build
GUEST_FILES = \
	%D%/init \
	%D%/mkguest.sh \
	%D%/udhcpc.sh
EXTRA_DIST += \
	$(GUEST_FILES) \
	%D%/boot.S \
	%D%/bootefi.S \
	%D%/count.S \
	%D%/mkboot.sh \
	%D%/mkefi.sh

.PHONY: guest guest-if-possible clean-guest distclean-guest
guest: $(GUEST)/stamp

$(GUEST)/stamp: $(GUEST_FILES)
	$(AM_V_GEN)$(MKDIR_P) %D% && $(srcdir)/%D%/mkguest.sh $(GUEST)

check_DATA += guest-if-possible
guest-if-possible:
	@test -n "$(ROOST_NO_GUEST)" || $(MAKE) $(AM_MAKEFLAGS) -s guest || \
		echo "The tests that need the Linux guest will be skipped."

# The packages, 70 MB, stay until distclean.
clean-local: clean-guest
clean-guest:
	-rm -rf $(GUEST) $(GUEST).why $(GUEST).new.* $(GUEST).labs
distclean-local: distclean-guest
distclean-guest:
	-rm -rf $(GUEST).packages

# Two machines of the guest, from the shipped profile.
.PHONY: quickstart quickstart-down
# Their disks are kept in the build folder and go with it.
QUICKSTART_ENV = ROOST_STATE_DIR=$(abs_builddir)/$(GUEST).labs
QUICKSTART = -f $(srcdir)/profiles/quickstart.yaml --set guest=$(abs_builddir)/$(GUEST)
quickstart: all guest
	$(QUICKSTART_ENV) src/roost up $(QUICKSTART)
	@echo "Both machines answer on the addresses above. 'make quickstart-down' ends them."

quickstart-down: all
	$(QUICKSTART_ENV) src/roost down $(QUICKSTART)
