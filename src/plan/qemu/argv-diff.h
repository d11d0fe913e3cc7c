/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two command lines of one machine differ in, in words for people. */
#pragma once

#include <glib.h>

/**
 * argv_diff:
 * @texts: (element-type utf8): gets a text for each difference, as `memory size=1G →
 *   size=2G`
 *
 * NICs and disks are left out (see part.h), and so is what a reboot leads to, which
 * changes while the emulator runs, and the order of devices.
 */
void argv_diff (GStrv old, GStrv new, GPtrArray *texts);

/**
 * argv_find_value:
 *
 * Returns: (nullable): where the value of the first @option is in @argv
 */
char **argv_find_value (GStrv argv, const char *option);
