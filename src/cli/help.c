/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns --help: the list of verbs, and what is said about one. */
#include "cli/verb.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 78
#define NAME_COLUMN 11
#define OPTION_COLUMN 26

/* One verb of the list; the left of two is filled up to the column of the right. */
static void
print_cell (const Verb *verb, gboolean last)
{
    printf ("  %-*s%-*s", NAME_COLUMN, verb->name, last ? 0 : VERB_SUMMARY_MAX + 1, verb->summary);
    if (last)
        putchar ('\n');
}

void
verb_print_list (void)
{
    guint n = 0, rows;

    printf ("Usage: roost VERB [OPTION…] [ARGUMENT…]\n"
            "Labs of QEMU machines from one profile.\n\n");
    while (verb_table[n].name)
        n++;
    rows = (n + 1) / 2;
    for (guint i = 0; i < rows; i++) {
        print_cell (&verb_table[i], i + rows == n);
        if (i + rows < n)
            print_cell (&verb_table[i + rows], TRUE);
    }
    printf ("\nWithout -f FILE the only profile in the directory is meant, or the only lab that\n"
            "is up. MACHINE can be LAB/MACHINE and, where several can be named, a pattern as\n"
            "'web*'. `roost VERB --help` says more, and so do roost(1) and, about profiles,\n"
            "roost.yaml(5).\n\n"
            "Exit status: 0 done, 1 failed, 2 usage, 3 the profile is wrong, 4 the host\n"
            "cannot, 5 a machine failed, 6 timed out.\n");
}

/* @text in lines of at most WIDTH characters. */
static void
print_filled (const char *text)
{
    g_auto (GStrv) words = g_strsplit (text, " ", -1);
    glong column = 0;

    for (gsize i = 0; words[i]; i++) {
        glong length = g_utf8_strlen (words[i], -1);

        if (column > 0 && column + 1 + length > WIDTH) {
            putchar ('\n');
            column = 0;
        }
        column += printf ("%s", column > 0 ? " " : "") + length;
        fputs (words[i], stdout);
    }
    putchar ('\n');
}

static void
print_option (const Option *option)
{
    char letter[] = "    ";
    g_autofree char *left = NULL;

    if (option->letter)
        memcpy (letter, (char[]){ '-', option->letter, ',' }, 3);
    left = g_strdup_printf ("%s--%s%s%s", letter, option->name, option->value ? " " : "",
                            option->value ? option->value : "");
    printf ("  %-*s %s\n", OPTION_COLUMN, left, option->help);
}

void
verb_print_help (const Verb *verb)
{
    printf ("Usage: roost %s [OPTION…]%s%s\n%c%s.\n", verb->name, *verb->args ? " " : "",
            verb->args, g_ascii_toupper (*verb->summary), verb->summary + 1);
    if (verb->details)
        print_filled (verb->details);
    if (verb->alias)
        printf ("Also called: roost %s\n", verb->alias);
    if (verb->example)
        printf ("Example: %s\n", verb->example);
    putchar ('\n');
    for (const Option *option = option_table; option->name; option++)
        if (verb_takes (verb, option->name))
            print_option (option);
    printf ("  %-*s %s\n", OPTION_COLUMN, "-h, --help", "this text");
}
