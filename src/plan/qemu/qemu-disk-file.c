/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the change of a disk's file in a command line that is written already;
 * see disk-file.h. */
#include "plan/qemu/disk-file.h"

#include "plan/qemu/optstr.h"

#include <string.h>

DiskRecord *
machine_step_find_disk (const MachineStep *step, const char *disk)
{
    for (guint i = 0; i < step->disks->len; i++) {
        DiskRecord *record = g_ptr_array_index (step->disks, i);

        if (g_strcmp0 (record->name, disk) == 0)
            return record;
    }
    return NULL;
}

/* The next `key=value` of an option string; a doubled comma stands for one. */
static char *
next_pair (const char **at)
{
    GString *pair = g_string_new (NULL);

    while (**at) {
        if ((*at)[0] == ',' && (*at)[1] != ',')
            break;
        *at += (*at)[0] == ',';
        g_string_append_c (pair, *(*at)++);
    }
    *at += **at == ',';
    return g_string_free (pair, FALSE);
}

/* Returns: (transfer full) (nullable): @option with another file */
static char *
replace (const char *option, const char *path, const char *format)
{
    OptString *opt = opt_new (NULL);
    g_autofree char *problem = NULL;

    while (*option) {
        g_autofree char *pair = next_pair (&option);
        char *value = strchr (pair, '=');

        if (!value)
            continue;
        *value++ = '\0';
        if (strcmp (pair, "driver") == 0)
            value = (char *)format;
        else if (strcmp (pair, "file.filename") == 0)
            value = (char *)path;
        opt_add (opt, pair, value);
    }
    return opt_end (opt, &problem);
}

static char **
find_option (const MachineStep *step, const char *disk)
{
    g_autofree char *node = g_strdup_printf (",node-name=drive-%s,", disk);

    for (gsize i = 0; step->argv[i] && step->argv[i + 1]; i++)
        if (strcmp (step->argv[i], "-blockdev") == 0 && strstr (step->argv[i + 1], node))
            return &step->argv[i + 1];
    return NULL;
}

gboolean
machine_step_set_disk_file (MachineStep *step, const char *disk, const char *path,
                            const char *format)
{
    DiskRecord *record = machine_step_find_disk (step, disk);
    char **option = record && record->path ? find_option (step, disk) : NULL;
    char *changed = option ? replace (*option, path, format) : NULL;

    if (!changed)
        return FALSE;
    g_free (*option);
    *option = changed;
    g_free (record->path);
    g_free (record->format);
    record->path = g_strdup (path);
    record->format = g_strdup (format);
    return TRUE;
}
