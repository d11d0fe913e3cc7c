/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from argc and argv to a verb with its options. */
#include "cli/verb.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/common/guard.h"

#include <stdio.h>
#include <string.h>

static gboolean usage (GError **error, const Verb *verb, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
usage (GError **error, const Verb *verb, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s (see: roost %s%s--help)", text,
                 verb ? verb->name : "", verb ? " " : "");
    return FALSE;
}

static const Option *
find_option (const Verb *verb, const char *name, gsize length, char letter)
{
    for (const Option *option = option_table; option->name; option++) {
        gboolean same =
            letter ? option->letter == letter
                   : strlen (option->name) == length && strncmp (option->name, name, length) == 0;

        if (same && verb_takes (verb, option->name))
            return option;
    }
    return NULL;
}

static void
store (Options *options, const Option *option, const char *value)
{
    gpointer at = (char *)options + option->offset;

    switch (option->type) {
    case OPTION_FLAG:
        *(gboolean *)at = TRUE;
        break;
    case OPTION_STRING:
        g_free (*(char **)at);
        *(char **)at = g_strdup (value);
        break;
    case OPTION_STRINGS: {
        GStrv old = *(GStrv *)at;
        guint n = old ? g_strv_length (old) : 0;

        *(GStrv *)at = g_renew (char *, old, n + 2);
        (*(GStrv *)at)[n] = g_strdup (value);
        (*(GStrv *)at)[n + 1] = NULL;
        break;
    }
    }
}

static gboolean
unknown_option (const Verb *verb, const char *word, const char *name, gsize length, GError **error)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *written = g_strndup (name, length);
    const char *meant;

    for (const Option *option = option_table; option->name; option++)
        if (verb_takes (verb, option->name))
            g_ptr_array_add (names, (gpointer)option->name);
    g_ptr_array_add (names, (gpointer) "help");
    g_ptr_array_add (names, NULL);
    meant = word[1] == '-' ? text_suggest (written, (const char *const *)names->pdata) : NULL;
    if (meant)
        return usage (error, verb, "%s takes no option --%s; did you mean --%s?", verb->name,
                      written, meant);
    return usage (error, verb, "%s takes no option %s", verb->name, word);
}

/* One word that begins with a dash. @i is moved on when the value is the next
 * word. */
static gboolean
parse_option (const Verb *verb, int argc, char **argv, int *i, Options *options, GError **error)
{
    const char *word = argv[*i];
    gboolean is_long = word[1] == '-';
    const char *name = word + 2;
    const char *equals = is_long ? strchr (name, '=') : NULL;
    gsize length = equals ? (gsize)(equals - name) : strlen (name);
    const Option *option = find_option (verb, name, length, is_long ? 0 : word[1]);
    const char *value = equals ? equals + 1 : !is_long && word[2] ? word + 2 : NULL;

    if (!option)
        return unknown_option (verb, word, name, length, error);
    if (option->type == OPTION_FLAG && value)
        return usage (error, verb, "--%s takes no value", option->name);
    if (option->type != OPTION_FLAG && !value) {
        if (++*i == argc)
            return usage (error, verb, "--%s needs %s", option->name, option->value);
        value = argv[*i];
    }
    store (options, option, value);
    return TRUE;
}

static gboolean
is_help (const char *word)
{
    return g_str_equal (word, "-h") || g_str_equal (word, "--help");
}

static gboolean
parse (const Verb *verb, int argc, char **argv, Options *options, gboolean *help, GError **error)
{
    gboolean only_arguments = FALSE;

    options->argv = g_new0 (char *, argc + 1);
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];

        if (only_arguments || word[0] != '-' || word[1] == '\0') {
            options->argv[options->argc++] = argv[i];
        } else if (g_str_equal (word, "--")) {
            only_arguments = TRUE;
        } else if (is_help (word)) {
            *help = TRUE;
            return TRUE;
        } else if (!parse_option (verb, argc, argv, &i, options, error)) {
            return FALSE;
        }
    }
    if (options->argc < verb->min_args || (verb->max_args >= 0 && options->argc > verb->max_args))
        return usage (error, verb, "%s takes %s", verb->name,
                      *verb->args ? verb->args : "no arguments");
    return TRUE;
}

static const Verb *
find_verb (const char *name, GError **error)
{
    const Verb *verb = verb_find (name);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    const char *meant;

    if (verb)
        return verb;
    for (verb = verb_table; verb->name; verb++)
        g_ptr_array_add (names, (gpointer)verb->name);
    g_ptr_array_add (names, NULL);
    meant = text_suggest (name, (const char *const *)names->pdata);
    if (meant)
        usage (error, NULL, "there is no verb %s; did you mean %s?", name, meant);
    else
        usage (error, NULL, "there is no verb %s", name);
    return NULL;
}

/* roost help [VERB] */
static gboolean
help_about (const char *name, GError **error)
{
    const Verb *verb = name ? find_verb (name, error) : NULL;

    if (verb)
        verb_print_help (verb);
    else if (!name)
        verb_print_list ();
    return verb || !name;
}

static void
options_clear (Options *options)
{
    for (const Option *option = option_table; option->name; option++) {
        gpointer at = (char *)options + option->offset;

        if (option->type == OPTION_STRING)
            g_free (*(char **)at);
        else if (option->type == OPTION_STRINGS)
            g_strfreev (*(GStrv *)at);
    }
    g_free (options->argv);
}

/* @ret_status: (out): of a success; @ret_base: (out): added to that of a failure */
static gboolean
run (int argc, char **argv, int *ret_status, int *ret_base, GError **error)
{
    Options options = { 0 };
    gboolean help = FALSE, done = FALSE;
    const Verb *verb;

    if (argc < 2)
        return usage (error, NULL, "a verb is missing");
    if (is_help (argv[1]) || g_str_equal (argv[1], "help"))
        return help_about (argc > 2 ? argv[2] : NULL, error);
    verb = find_verb (g_str_equal (argv[1], "--version") ? "version" : argv[1], error);
    *ret_base = verb ? verb->error_base : 0;
    if (verb && parse (verb, argc - 2, argv + 2, &options, &help, error)) {
        if (help)
            verb_print_help (verb);
        done = help || verb->run (&options, error);
        *ret_status = options.status;
    }
    options_clear (&options);
    return done;
}

void
options_take_profile (Options *options)
{
    if (options->argc == 0)
        return;
    g_free (options->file);
    options->file = g_strdup (options->argv[0]);
}

int
verb_main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    int status = 0, base = 0;

    guard_install ();
    if (run (argc, argv, &status, &base, &error))
        return status;
    status = base + (error ? roost_error_status (error) : ROOST_ERROR_FAILED);
    /* an error without text has been told already, as the complaints about a profile */
    if (error && *error->message)
        fprintf (stderr, "roost: %s\n", error->message);
    return status;
}
