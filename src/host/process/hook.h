/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of the user's that are run at a moment of a lab's life: told what there
 * is to know on standard input, with an environment of few words, a deadline, and
 * what they say kept.
 */
#pragma once

#include <gio/gio.h>

typedef struct {
    const char *const *argv;        /* the program, looked up in PATH, and its arguments */
    const char *const *environment; /* all of it */
    const char *folder;             /* where it runs; / when that is gone */
    const char *input;              /* what it can read */
    const char *log;                /* file to which each line that it says is added … */
    const char *label;              /* … with this before it */
    guint timeout_ms;               /* after that long it is killed, with what it has started */
} HookSpec;

/**
 * hook_run_async:
 * @spec: (transfer none): not needed any more when this returns
 *
 * What it has left running when it ends goes on, and is not listened to.
 */
void hook_run_async (const HookSpec *spec, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data);

/**
 * hook_run_finish:
 *
 * Returns: whether it ended well; else @error has the last lines that it said
 */
gboolean hook_run_finish (GAsyncResult *result, GError **error);
