/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the growth of a command line and the numbering of its descriptors. */
#include "plan/qemu/argv.h"

/* the first number that is not standard input, output or error */
#define FIRST_FD 3

Argv *
argv_new (const char *program)
{
    Argv *argv = g_new0 (Argv, 1);

    argv->words = g_ptr_array_new_with_free_func (g_free);
    argv->fds = record_array_new (&fd_record);
    argv_add (argv, program);
    return argv;
}

void
argv_free (Argv *argv)
{
    if (!argv)
        return;
    g_ptr_array_unref (argv->words);
    g_ptr_array_unref (argv->fds);
    g_free (argv);
}

void
argv_add (Argv *argv, const char *word)
{
    if (word)
        g_ptr_array_add (argv->words, g_strdup (word));
}

void
argv_add_pair (Argv *argv, const char *option, const char *value)
{
    argv_add (argv, option);
    argv_add (argv, value);
}

gint64
argv_add_fd (Argv *argv, FdKind kind, const char *path)
{
    FdRecord *record = record_new (&fd_record);

    record->fd = FIRST_FD + argv->fds->len;
    record->kind = kind;
    record->path = g_strdup (path);
    g_ptr_array_add (argv->fds, record);
    return record->fd;
}

GStrv
argv_steal (Argv *argv, GPtrArray **ret_fds)
{
    GPtrArray *words = argv->words;

    *ret_fds = argv->fds;
    argv->words = g_ptr_array_new_with_free_func (g_free);
    argv->fds = record_array_new (&fd_record);
    g_ptr_array_add (words, NULL);
    return (GStrv)g_ptr_array_free (words, FALSE);
}
