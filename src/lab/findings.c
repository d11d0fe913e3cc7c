/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the collecting of complaints about the host; see findings.h. */
#include "lab/findings.h"

#include "base/error.h"

void
findings_init (Findings *findings)
{
    *findings = (Findings){ .text = g_string_new (NULL) };
}

void
findings_add (Findings *findings, const char *format, ...)
{
    va_list args;

    if (findings->text->len > 0)
        g_string_append_c (findings->text, '\n');
    va_start (args, format);
    g_string_append_vprintf (findings->text, format, args);
    va_end (args);
}

gboolean
findings_end (Findings *findings, GError **error)
{
    gboolean good = findings->text->len == 0;

    if (!good)
        g_set_error_literal (error, ROOST_ERROR,
                             findings->profile ? ROOST_ERROR_PROFILE : ROOST_ERROR_HOST,
                             findings->text->str);
    g_string_free (findings->text, TRUE);
    *findings = (Findings){ 0 };
    return good;
}
