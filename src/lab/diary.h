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
