/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the watch over helper processes, and how often they are started again. */
#include "lab/mind.h"

#include <string.h>

/* one that ends more often than this many times within the window stays ended */
#define RESTARTS_MAX 3
#define WINDOW_US (60 * G_USEC_PER_SEC)

typedef struct {
    EffectsContext *context;
    const Step *step;
    Executed *executed;
    MindSpawnFunc spawn;
    ProcessWatch *watch;           /* NULL when it was given up */
    gint64 restarts[RESTARTS_MAX]; /* monotonic times, the oldest first; 0 = none yet */
} Minded;

static void watch (Minded *minded);

static void
minded_free (gpointer data)
{
    Minded *minded = data;

    process_watch_free (minded->watch);
    g_free (minded);
}

GHashTable *
mind_table_new (void)
{
    return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, minded_free);
}

static gboolean
may_restart (Minded *minded)
{
    gint64 now = g_get_monotonic_time ();

    if (minded->restarts[0] != 0 && now - minded->restarts[0] < WINDOW_US)
        return FALSE;
    memmove (minded->restarts, minded->restarts + 1, sizeof (gint64) * (RESTARTS_MAX - 1));
    minded->restarts[RESTARTS_MAX - 1] = now;
    return TRUE;
}

static void
lost (Minded *minded, const char *how)
{
    g_warning ("%s: it %s", minded->step->id, how);
    if (minded->context->helper_lost)
        minded->context->helper_lost (minded->step, how, minded->context->lost_data);
}

static void
ended (const ProcessExit *exit, gpointer user_data)
{
    Minded *minded = user_data;
    g_autofree char *how = process_describe_exit (exit);
    g_autoptr (GError) error = NULL;

    g_clear_pointer (&minded->watch, process_watch_free);
    if (!minded->spawn) {
        lost (minded, how);
    } else if (!may_restart (minded)) {
        g_warning ("%s: it ended %d times within %d s and is not started any more",
                   minded->step->id, RESTARTS_MAX + 1, (int)(WINDOW_US / G_USEC_PER_SEC));
        lost (minded, how);
    } else if (!minded->spawn (minded->context, minded->step, minded->executed, &error)) {
        g_warning ("%s: starting it again: %s", minded->step->id, error->message);
        lost (minded, how);
    } else {
        g_message ("%s: it %s and was started again", minded->step->id, how);
        watch (minded);
    }
    minded->context->changed (minded->context->user_data);
}

static void
watch (Minded *minded)
{
    minded->watch = process_watch_new (executed_process (minded->executed), ended, minded);
}

void
mind_process (EffectsContext *context, const Step *step, Executed *executed, MindSpawnFunc spawn)
{
    Minded *minded = g_new0 (Minded, 1);

    minded->context = context;
    minded->step = step;
    minded->executed = executed;
    minded->spawn = spawn;
    watch (minded);
    g_hash_table_replace (context->minded, g_strdup (step->id), minded);
}

void
mind_no_more (EffectsContext *context, const Step *step)
{
    g_hash_table_remove (context->minded, step->id);
}
