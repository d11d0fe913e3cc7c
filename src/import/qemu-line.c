/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the splitting of a command line into options, and what of them has been
 * used; see qemu-line.h.  What no file takes goes into `args` as it is.
 */
#include "import/qemu-private.h"

#include "base/error.h"
#include "base/optread.h"

#include <string.h>

/* options without a value; whether another one has a value is seen from the line */
static const char *const bare[] = { "S",
                                    "daemonize",
                                    "enable-kvm",
                                    "full-screen",
                                    "no-acpi",
                                    "no-fd-bootchk",
                                    "no-hpet",
                                    "no-quit",
                                    "no-reboot",
                                    "no-shutdown",
                                    "no-user-config",
                                    "nodefaults",
                                    "nodefconfig",
                                    "nographic",
                                    "s",
                                    "snapshot",
                                    "usb",
                                    "win2k-hack",
                                    NULL };

static void
opt_free (gpointer data)
{
    QemuOpt *opt = data;

    g_free (opt->key);
    g_free (opt->value);
    g_free (opt);
}

static void
option_free (gpointer data)
{
    QemuOption *option = data;

    g_free (option->name);
    g_free (option->value);
    g_clear_pointer (&option->opts, g_ptr_array_unref);
    g_free (option);
}

/* what stands behind an option: `a,b=c`, where `,,` is a comma */
static GPtrArray *
qemu_opts_parse (const char *text)
{
    GPtrArray *opts = g_ptr_array_new_with_free_func (opt_free);
    g_autoptr (GPtrArray) items = opt_read (text);

    for (guint i = 0; i < items->len; i++) {
        const OptItem *item = g_ptr_array_index (items, i);
        QemuOpt *opt = g_new0 (QemuOpt, 1);

        if (item->key)
            *opt = (QemuOpt){ g_strdup (item->key), g_strdup (item->value), FALSE };
        else if (i == 0)
            *opt = (QemuOpt){ g_strdup (""), g_strdup (item->value), FALSE };
        else
            *opt = (QemuOpt){ g_strdup (item->value), g_strdup ("on"), FALSE };
        g_ptr_array_add (opts, opt);
    }
    return opts;
}

const char *
qemu_opts_get (GPtrArray *opts, const char *key)
{
    const char *value = NULL;

    for (guint i = 0; opts && i < opts->len; i++) {
        QemuOpt *opt = g_ptr_array_index (opts, i);

        if (strcmp (opt->key, key) == 0) {
            opt->used = TRUE;
            value = opt->value; /* the last one counts */
        }
    }
    return value;
}

char *
qemu_opts_rest (GPtrArray *opts)
{
    GString *rest = g_string_new (NULL);

    for (guint i = 0; opts && i < opts->len; i++) {
        const QemuOpt *opt = g_ptr_array_index (opts, i);
        g_auto (GStrv) parts = g_strsplit (opt->value, ",", -1);
        g_autofree char *value = g_strjoinv (",,", parts);

        if (opt->used)
            continue;
        g_string_append_printf (rest, "%s%s%s%s", rest->len ? "," : "", opt->key,
                                *opt->key ? "=" : "", value);
    }
    if (rest->len > 0)
        return g_string_free (rest, FALSE);
    g_string_free (rest, TRUE);
    return NULL;
}

QemuOption *
qemu_line_next (QemuLine *line, const QemuOption *after, const char *name)
{
    gboolean on = after == NULL;

    for (guint i = 0; i < line->options->len; i++) {
        QemuOption *option = g_ptr_array_index (line->options, i);

        if (on && !option->taken && strcmp (option->name, name) == 0)
            return option;
        on |= option == after;
    }
    return NULL;
}

QemuOption *
qemu_line_find (QemuLine *line, const char *name, const char *key, const char *value)
{
    for (guint i = 0; value && i < line->options->len; i++) {
        QemuOption *option = g_ptr_array_index (line->options, i);

        if (strcmp (option->name, name) != 0)
            continue;
        for (guint k = 0; option->opts && k < option->opts->len; k++) {
            QemuOpt *opt = g_ptr_array_index (option->opts, k);

            if (strcmp (opt->key, key) == 0 && strcmp (opt->value, value) == 0) {
                opt->used = TRUE;
                return option;
            }
        }
    }
    return NULL;
}

void
qemu_line_take (QemuLine *line, QemuOption *option)
{
    g_autofree char *rest = qemu_opts_rest (option->opts);

    option->taken = TRUE;
    if (rest)
        draft_note (line->draft, "-%s …,%s: left out", option->name, rest);
}

/* --- from the text to options --- */

static gboolean
is_emulator (const char *word)
{
    g_autofree char *name = g_path_get_basename (word);

    return g_str_has_prefix (name, "qemu") || g_str_equal (name, "kvm");
}

static void
add_option (QemuLine *line, const char *name, const char *value)
{
    QemuOption *option = g_new0 (QemuOption, 1);

    option->name = g_strdup (name);
    option->value = g_strdup (value);
    if (value)
        option->opts = qemu_opts_parse (value);
    g_ptr_array_add (line->options, option);
}

static gboolean
read_line (QemuLine *line, const char *text, GError **error)
{
    g_auto (GStrv) words = NULL;
    int n, i = 0;

    if (!g_shell_parse_argv (text, &n, &words, error)) {
        g_prefix_error (error, "splitting it into words: ");
        return FALSE;
    }
    /* sudo, variables and the like may stand before it */
    while (i < n && !is_emulator (words[i]))
        i++;
    if (i == n) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "it is neither a <domain> of libvirt's nor a command line of "
                     "qemu-system-…");
        return FALSE;
    }
    draft_emulator (line->draft, words[i++]);
    for (; i < n; i++) {
        const char *name = words[i] + strspn (words[i], "-");

        if (words[i][0] != '-')
            add_option (line, "hda", words[i]); /* as QEMU does */
        else if (g_strv_contains (bare, name) || i + 1 == n ||
                 (words[i + 1][0] == '-' && words[i + 1][1]))
            add_option (line, name, NULL);
        else
            add_option (line, name, words[++i]);
    }
    return TRUE;
}

/* What has no key is the emulator's all the same. */
static void
take_rest (QemuLine *line)
{
    for (guint i = 0; i < line->options->len; i++) {
        const QemuOption *option = g_ptr_array_index (line->options, i);
        g_autofree char *word = g_strconcat ("-", option->name, NULL);

        if (option->taken)
            continue;
        draft_note (line->draft, "%s%s%s: has no key; it is in args", word,
                    option->value ? " " : "", option->value ? option->value : "");
        json_array_add_string_element (line->draft->args, word);
        if (option->value)
            json_array_add_string_element (line->draft->args, option->value);
    }
}

gboolean
qemu_import (const char *text, Draft *draft, GError **error)
{
    QemuLine line = { .draft = draft,
                      .options = g_ptr_array_new_with_free_func (option_free),
                      .serials = -1 };
    gboolean good = read_line (&line, text, error);

    if (good) {
        qemu_take_machine (&line);
        qemu_take_disks (&line);
        qemu_take_nics (&line);
        qemu_take_boot_order (&line);
        take_rest (&line);
    }
    g_ptr_array_unref (line.options);
    return good;
}
