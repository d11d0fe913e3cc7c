/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a directory step does to the host, and how that is undone. */
#include "lab/effects/effect.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/run-as.h"

#include <errno.h>
#include <unistd.h>

void
directory_do (GTask *task, EffectsContext *context, const Step *whole, Executed *executed)
{
    const DirectoryStep *step = whole->directory;
    GError *error = NULL;

    if (step->user ? run_as_make_directory (step->user, step->path, step->theirs, &error)
                   : file_make_private_dir (step->path, &error)) {
        g_task_return_pointer (task, NULL, NULL);
    } else {
        roost_error_reclass (&error, ROOST_ERROR_HOST);
        g_task_return_error (task, error);
    }
}

/* Only an empty directory goes: whatever is in it is worth more. */
void
directory_undo (GTask *task, EffectsContext *context, const Step *whole, Executed *executed)
{
    const DirectoryStep *step = whole->directory;

    if (rmdir (step->path) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST)
        g_task_return_pointer (task, NULL, NULL);
    else
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "removing %s: %s", step->path,
                                 g_strerror (errno));
}
