/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking a lab down, for other verbs that have to. */
#pragma once

#include "cli/verb.h"

/* Returns: whether nothing of @lab runs */
gboolean down_is_down (const char *lab);

#define DOWN_TRIES 3

/**
 * down_take:
 * @tries: how many supervisors may have to be asked
 * @timeout_ms: for the reply of each; 0 = no limit
 *
 * Takes @lab down, with another supervisor when one is lost on the way.
 */
gboolean down_take (const char *lab, const Options *options, guint tries, guint timeout_ms,
                    GError **error);
