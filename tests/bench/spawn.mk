# SPDX-License-Identifier: GPL-3.0-or-later
# What `up` costs over bare QEMU; run by hand.
check_PROGRAMS += %D%/bare-spawn
%C%_bare_spawn_SOURCES = %D%/bare-spawn.c
%C%_bare_spawn_LDADD = $(L_BASE)
EXTRA_DIST += %D%/bench-spawn.sh %D%/bench-plan.sh %D%/bench-disks.sh %D%/idle.sh \
	%D%/bench-checkpoint.sh %D%/bare-load.py

.PHONY: bench-spawn bench-plan bench-disks bench-idle bench-checkpoint
bench-spawn: all %D%/bare-spawn
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/%D%/bench-spawn.sh
bench-plan: all
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/%D%/bench-plan.sh
bench-idle: all
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/%D%/idle.sh
bench-disks: all
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/%D%/bench-disks.sh
bench-checkpoint: all
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/%D%/bench-checkpoint.sh
