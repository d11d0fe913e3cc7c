/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two command lines of one machine differ in, in words for people. */
#pragma once

#include <glib.h>

/**
 * argv_diff:
 * @texts: (element-type utf8): gets a text for each difference, as `nic lan is
 *   new` or `memory size=1G → size=2G`
 *
 * Forwards and what a reboot leads to are left out: they change while the
 * emulator runs.  So is the order of devices.
 */
void argv_diff (GStrv old, GStrv new, GPtrArray *texts);

/**
 * argv_find_value:
 *
 * Returns: (nullable): where the value of the first @option is in @argv
 */
char **argv_find_value (GStrv argv, const char *option);
