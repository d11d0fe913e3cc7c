/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is written about verbs, options and exit statuses. */
#include "doc/parts.h"

#include "cli/verb.h"
#include "doc/roff.h"

#include <string.h>

static char *
option_names (const Verb *verb)
{
    g_autoptr (GString) names = g_string_new (NULL);

    for (const Option *option = option_table; option->name; option++)
        if (verb_takes (verb, option->name))
            g_string_append_printf (names, "%s--%s", names->len > 0 ? ", " : "", option->name);
    return names->len > 0 ? g_strdup (names->str) : NULL;
}

void
doc_verbs (GString *out)
{
    for (const Verb *verb = verb_table; verb->name; verb++) {
        g_autofree char *summary =
            g_strdup_printf ("%c%s.", g_ascii_toupper (*verb->summary), verb->summary + 1);
        g_autofree char *options = option_names (verb);

        roff_item (out, verb->name, verb->args);
        roff_text (out, summary);
        if (verb->details)
            roff_text (out, verb->details);
        if (verb->alias) {
            g_string_append (out, "Also called\n.BR ");
            g_string_append_printf (out, "%s .\n", verb->alias);
        }
        if (options) {
            g_string_append (out, ".br\nOptions: ");
            roff_text (out, options);
        }
        if (verb->example)
            roff_example (out, verb->example);
    }
}

void
doc_options (GString *out)
{
    for (const Option *option = option_table; option->name; option++) {
        g_autofree char *letter =
            option->letter ? g_strdup_printf ("-%c, ", option->letter) : g_strdup ("");
        g_autofree char *names = g_strdup_printf ("%s--%s", letter, option->name);
        g_autofree char *help =
            g_strdup_printf ("%c%s.", g_ascii_toupper (*option->help), option->help + 1);

        roff_item (out, names, option->value);
        roff_text (out, help);
    }
}

/* Not in a table of the program's: base/error.h names them. */
void
doc_statuses (GString *out)
{
    static const char *const texts[] = {
        "It was done.",
        "The operation failed.",
        "The command line is wrong.",
        "The profile is wrong; every mistake was told with its file, line and column.",
        "The host cannot: something is missing, taken or full.",
        "A machine failed.",
        "It did not happen in time.",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, i);

        roff_item (out, number, NULL);
        roff_text (out, texts[i]);
    }
}

/* An alias is known to those who type it; offering both would be noise. */
void
doc_completion_verbs (GString *out)
{
    for (const Verb *verb = verb_table; verb->name; verb++)
        g_string_append_printf (out, "%s%s", verb == verb_table ? "" : " ", verb->name);
}

/* One branch of a `case` for each verb. */
void
doc_completion_options (GString *out)
{
    for (const Verb *verb = verb_table; verb->name; verb++) {
        g_string_append_printf (out, "    %s%s%s) echo '", verb->name, verb->alias ? " | " : "",
                                verb->alias ? verb->alias : "");
        for (const Option *option = option_table; option->name; option++)
            if (verb_takes (verb, option->name))
                g_string_append_printf (out, "--%s ", option->name);
        g_string_append (out, "--help' ;;\n");
    }
}

/* A pattern of a `case`: the options behind which a value stands. */
void
doc_completion_values (GString *out)
{
    for (const Option *option = option_table; option->name; option++) {
        if (option->type == OPTION_FLAG)
            continue;
        if (option->letter)
            g_string_append_printf (out, "-%c | ", option->letter);
        g_string_append_printf (out, "--%s | ", option->name);
    }
    g_string_truncate (out, out->len - strlen (" | "));
}
