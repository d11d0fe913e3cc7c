/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the waits for readiness; see waiters.h. */
#include "machine/waiters.h"

#include "base/error.h"

struct Waiters {
    GHashTable *machines; /* not owned */
    GPtrArray *tasks;     /* owned GTask; its data are the names */
};

gboolean
machines_are_settled (GHashTable *machines, const char *const *names, GError **error)
{
    for (gsize i = 0; names[i]; i++) {
        LiveMachine *machine = g_hash_table_lookup (machines, names[i]);

        if (!machine)
            continue;
        if (live_machine_get_state (machine) == MACHINE_CRASHED) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_MACHINE, "machine %s: %s", names[i],
                         live_machine_get_problem (machine));
            return TRUE;
        }
        if (live_machine_get_readiness (machine) == READY_TIMED_OUT) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                         "machine %s: not ready %s (see: roost log %s)", names[i],
                         live_machine_get_unready (machine), names[i]);
            return TRUE;
        }
        if (live_machine_get_state (machine) == MACHINE_STOPPED ||
            live_machine_get_state (machine) == MACHINE_SHUTDOWN) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_MACHINE,
                         "machine %s: stopped before it was ready", names[i]);
            return TRUE;
        }
        if (live_machine_get_readiness (machine) != READY_YES)
            return FALSE;
    }
    return TRUE;
}

void
waiters_check (Waiters *waiters)
{
    for (guint i = 0; i < waiters->tasks->len;) {
        GTask *task = g_ptr_array_index (waiters->tasks, i);
        GError *error = NULL;

        if (!machines_are_settled (waiters->machines, g_task_get_task_data (task), &error)) {
            i++;
            continue;
        }
        g_object_ref (task);
        g_ptr_array_remove_index (waiters->tasks, i);
        if (error)
            g_task_return_error (task, error);
        else
            g_task_return_boolean (task, TRUE);
        g_object_unref (task);
    }
}

Waiters *
waiters_new (GHashTable *machines)
{
    Waiters *waiters = g_new (Waiters, 1);

    *waiters = (Waiters){ machines, g_ptr_array_new_with_free_func (g_object_unref) };
    return waiters;
}

void
waiters_free (Waiters *waiters)
{
    g_ptr_array_unref (waiters->tasks);
    g_free (waiters);
}

void
waiters_add (Waiters *waiters, GStrv names, GTask *task)
{
    g_task_set_task_data (task, names, (GDestroyNotify)g_strfreev);
    g_ptr_array_add (waiters->tasks, task);
    waiters_check (waiters);
}
