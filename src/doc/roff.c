/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the escaping of text for manual pages. */
#include "doc/roff.h"

/* A dash that is typed must stay one, for readers who copy it. */
static void
append_escaped (GString *out, const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char (p)) {
        gunichar c = g_utf8_get_char (p);

        if (c == '\\')
            g_string_append (out, "\\e");
        else if (c == '-')
            g_string_append (out, "\\-");
        else if (c == '`')
            g_string_append (out, "\\(ga");
        else if (c == '\'')
            g_string_append (out, "\\(aq");
        else if (c == '~')
            g_string_append (out, "\\(ti");
        else if (c == '^')
            g_string_append (out, "\\(ha");
        else if (c == 0x2026) /* an ellipsis */
            g_string_append (out, "...");
        else if (c > 126)
            g_string_append_printf (out, "\\[u%04X]", c);
        else
            g_string_append_c (out, c);
    }
}

void
roff_text (GString *out, const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    for (gsize i = 0; lines[i]; i++) {
        if (*lines[i] == '.')
            g_string_append (out, "\\&");
        append_escaped (out, lines[i]);
        g_string_append_c (out, '\n');
    }
}

void
roff_item (GString *out, const char *bold, const char *italic)
{
    g_string_append (out, ".TP\n");
    if (bold) {
        g_string_append (out, "\\fB");
        append_escaped (out, bold);
        g_string_append (out, "\\fR");
    }
    if (italic && *italic) {
        g_string_append (out, bold ? " \\fI" : "\\fI");
        append_escaped (out, italic);
        g_string_append (out, "\\fR");
    }
    g_string_append_c (out, '\n');
}

void
roff_example (GString *out, const char *text)
{
    g_string_append (out, ".IP\n.EX\n");
    roff_text (out, text);
    g_string_append (out, ".EE\n");
}
