# SPDX-License-Identifier: GPL-3.0-or-later
# The program. One archive per layer, lowest first; the unit test of a layer
# links its archive and those below, so an upward call does not link.
include %D%/base/local.mk
include %D%/profile/local.mk
include %D%/plan/local.mk
include %D%/host/local.mk
include %D%/machine/local.mk
include %D%/lab/local.mk
include %D%/control/local.mk
include %D%/switch/local.mk
include %D%/import/local.mk
include %D%/netns/local.mk
include %D%/cli/local.mk
include %D%/doc/local.mk
include %D%/units/local.mk

bin_PROGRAMS += %D%/roost
%C%_roost_SOURCES = %D%/main.c
%C%_roost_LDADD = $(L_CLI)
