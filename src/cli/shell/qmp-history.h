/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines that were typed at one machine, kept for the next time. */
#pragma once

#include <glib.h>

/**
 * qmp_history_load:
 * @key: of the machine, fit for a file name
 *
 * Returns: (transfer full): the entries, the oldest first
 */
GStrv qmp_history_load (const char *key);

/**
 * qmp_history_add:
 *
 * Appends @text, unless there may be a secret in it, to a file that only its
 * owner can read.
 *
 * Returns: whether @text may be kept at all
 */
gboolean qmp_history_add (const char *key, const char *text);
