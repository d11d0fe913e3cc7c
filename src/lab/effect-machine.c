/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a machine step starts and stops its machine; the sequences themselves
 * are machine-start.c and machine-stop.c.
 */
#include "lab/effect.h"

static LiveMachine *
find_machine (EffectsContext *context, const Step *step)
{
    return g_hash_table_lookup (context->machines, step->machine->name);
}

static void
machine_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_start_finish (NULL, result, &error);

    effect_end (user_data, success, error);
}

static void
machine_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_stop_finish (NULL, result, &error);

    effect_end (user_data, success, error);
}

void
machine_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    live_machine_start_async (find_machine (context, step), context->paused, machine_started,
                              g_object_ref (task));
}

void
machine_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    live_machine_stop_async (find_machine (context, step), &context->stop, machine_stopped,
                             g_object_ref (task));
}
