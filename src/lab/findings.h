/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the way of a lab: collected, so that all of it is told at once.
 */
#pragma once

#include <glib.h>

typedef struct {
    GString *text;
    gboolean profile; /* at least one of them is a mistake of the profile */
} Findings;

void findings_init (Findings *findings);

/**
 * findings_add:
 *
 * Adds one line.
 */
void findings_add (Findings *findings, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * findings_end:
 * @error: all lines; its class is %ROOST_ERROR_PROFILE when the profile names
 *   what is not there, else %ROOST_ERROR_HOST
 *
 * Empties @findings.
 *
 * Returns: whether there were none
 */
gboolean findings_end (Findings *findings, GError **error);
