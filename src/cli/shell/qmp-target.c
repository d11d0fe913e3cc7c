/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a word of the command line to a QMP socket. */
#include "cli/shell/qmp-target.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/common/client.h"
#include "host/socket.h"

void
qmp_target_clear (QmpTarget *target)
{
    g_clear_pointer (&target->path, g_free);
    g_clear_pointer (&target->title, g_free);
    g_clear_pointer (&target->key, g_free);
    g_clear_pointer (&target->lab, g_free);
    g_clear_pointer (&target->machine, g_free);
}

static gboolean
is_path (const char *word)
{
    return *word == '/' || g_str_has_prefix (word, "./") || g_str_has_prefix (word, "../") ||
           g_str_has_prefix (word, "~/");
}

static gboolean
find_path (const char *word, QmpTarget *target, GError **error)
{
    g_autofree char *here = g_get_current_dir ();

    target->path = file_absolute (here, word);
    target->title = g_path_get_basename (target->path);
    target->key = g_strdelimit (g_strdup (target->path), "/", '-');
    if (g_file_test (target->path, G_FILE_TEST_EXISTS))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "there is no socket %s", target->path);
    return FALSE;
}

/* Where the supervisor has gone, a new one takes the lab over first. */
static gboolean
is_served (const char *lab, const char *path, GError **error)
{
    g_auto (AutoFd) fd = socket_connect (path, NULL);
    g_autoptr (LabClient) client = fd < 0 ? lab_client_open (lab, error) : NULL;

    return fd >= 0 || client;
}

gboolean
qmp_target_find (const Options *options, const char *word, QmpTarget *target, GError **error)
{
    const char *machine;
    g_autofree char *lab = NULL, *run_dir = NULL, *file = NULL;

    *target = (QmpTarget){ NULL };
    if (is_path (word))
        return find_path (word, target, error);
    lab = lab_client_split_machine (options, word, &machine, error);
    if (!lab)
        return FALSE;
    target->lab = g_strdup (lab);
    target->machine = g_strdup (machine);
    run_dir = dirs_lab_run (lab);
    file = g_strconcat (machine, options->read_only ? ".qmp-ro" : ".qmp", NULL);
    target->path = g_build_filename (run_dir, file, NULL);
    target->title = g_strconcat (lab, "/", machine, options->read_only ? " (read-only)" : "", NULL);
    target->key = g_strconcat (lab, ".", machine, NULL);
    if (!is_served (lab, target->path, error))
        return FALSE;
    if (g_file_test (target->path, G_FILE_TEST_EXISTS))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "lab %s has no running machine %s", lab,
                 machine);
    return FALSE;
}
