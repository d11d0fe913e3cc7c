/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulator's own record of its events, which it writes also while no
 * supervisor listens: a second monitor of its whose input says
 * `qmp_capabilities` and ends, and whose output is a file.  What happened
 * meanwhile is read from it when a machine is taken over: a guest that is off may
 * have switched itself off, or rebooted where that is an end.
 */
#pragma once

#include "plan/step.h"

#include <json-glib/json-glib.h>

/* What the emulator reads on that monitor. */
#define DIARY_INPUT "{\"execute\":\"qmp_capabilities\"}\n"

/**
 * diary_path:
 *
 * Returns: (transfer full): the file of the machine's last start
 */
char *diary_path (const MachineStep *record);

/* So many events come between one diary_trim() and the next. */
#define DIARY_TRIM_EVENTS 1024

/**
 * diary_trim:
 *
 * Gives the room of old events back to the file system: the file of a guest that
 * reboots for ever takes less than a megabyte. What diary_find_last() and the
 * machine's story look at stays.
 */
void diary_trim (const MachineStep *record);

/**
 * diary_greeting:
 *
 * Returns: (transfer full) (nullable): what the emulator said first, which tells its
 * version
 */
JsonNode *diary_greeting (const MachineStep *record);

/**
 * diary_find_last:
 * @event: as `SHUTDOWN`
 *
 * Returns: (transfer full) (nullable): the last event of that name
 */
JsonObject *diary_find_last (const MachineStep *record, const char *event);

/**
 * diary_reason:
 *
 * Returns: (transfer full): the reason that the last event of that name gave, as
 * `guest-reset`; empty when there is none
 */
char *diary_reason (const MachineStep *record, const char *event);
