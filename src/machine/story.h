/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the last starts of a machine, for the time when somebody asks
 * why: the command line and the emulator, how it ended, and the last that was
 * said by it, about it and inside it.  Written when a process ends, one file for
 * each of the last five starts beside the logs; a start costs nothing.
 */
#pragma once

#include "machine/machine.h"

#include <json-glib/json-glib.h>

/**
 * story_compose:
 * @exit: (nullable): how its process ended; %NULL while it runs
 *
 * Returns: (transfer full): the story of the machine's last start so far
 */
JsonNode *story_compose (LiveMachine *machine, const ProcessExit *exit);

/**
 * story_write:
 *
 * Keeps the story of a start that has ended, as the first of five.
 */
void story_write (LiveMachine *machine, const ProcessExit *exit);

/**
 * story_load:
 * @log_dir: where the logs of the lab are
 *
 * Returns: (transfer full): an array of those that were kept, the newest first
 */
JsonNode *story_load (const char *log_dir, const char *machine);

/**
 * story_tell:
 * @stories: as story_load() returns them
 *
 * Returns: (transfer full): them as text for a person: the older ones in a line
 * each, the newest in full and last
 */
char *story_tell (JsonNode *stories);
