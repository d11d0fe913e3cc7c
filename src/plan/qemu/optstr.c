/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the syntax of QEMU's option strings; knows no option. */
#include "plan/qemu/optstr.h"

#include "base/text.h"

#include <string.h>

struct OptString {
    GString *text;
    char *problem; /* NULL = valid so far */
};

/* QEMU takes `help` and `?` in the place of a model as a question, `{` as JSON
 * and `=` as the end of a key, hence only what names are made of. */
static gboolean
is_head (const char *head)
{
    if (!*head || strcmp (head, "help") == 0)
        return FALSE;
    for (; *head; head++)
        if (!g_ascii_isalnum (*head) && !strchr (".-_", *head))
            return FALSE;
    return TRUE;
}

/* An option is one line in every log and state file; and no path or serial
 * number that was meant has a control character in it. */
static gboolean
has_control (const char *value)
{
    for (; *value; value++)
        if (g_ascii_iscntrl (*value))
            return TRUE;
    return FALSE;
}

static void
flag (OptString *opt, const char *what, const char *value, const char *why)
{
    g_autofree char *quoted = text_quote (value);

    if (!opt->problem)
        opt->problem = g_strdup_printf ("%s%s%s %s", what, *what ? " " : "", quoted, why);
}

static void
append_value (OptString *opt, const char *value)
{
    for (; *value; value++) {
        if (*value == ',')
            g_string_append_c (opt->text, ',');
        g_string_append_c (opt->text, *value);
    }
}

static void
append_key (OptString *opt, const char *key)
{
    g_string_append_printf (opt->text, "%s%s=", opt->text->len ? "," : "", key);
}

OptString *
opt_new (const char *head)
{
    OptString *opt = g_new0 (OptString, 1);

    opt->text = g_string_new (NULL);
    if (head && !is_head (head))
        flag (opt, "", head, "is no name that the emulator could know");
    else if (head)
        g_string_append (opt->text, head);
    return opt;
}

void
opt_add (OptString *opt, const char *key, const char *value)
{
    if (has_control (value))
        flag (opt, key, value, "has a control character, which cannot be given to the emulator");
    append_key (opt, key);
    append_value (opt, value);
}

void
opt_add_flag (OptString *opt, const char *key, gboolean on)
{
    opt_add (opt, key, on ? "on" : "off");
}

void
opt_add_int (OptString *opt, const char *key, gint64 value)
{
    append_key (opt, key);
    g_string_append_printf (opt->text, "%" G_GINT64_FORMAT, value);
}

char *
opt_end (OptString *opt, char **ret_problem)
{
    g_autofree OptString *owned = opt;
    g_autofree char *text = g_string_free (opt->text, FALSE);

    *ret_problem = opt->problem;
    return opt->problem ? NULL : g_steal_pointer (&text);
}
