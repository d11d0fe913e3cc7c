/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the taking over of a lab whose supervisor is gone. */
#include "lab/lab-private.h"

#include <string.h>

static void
adopted_one (GObject *source, GAsyncResult *result, gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autoptr (GError) error = NULL;

    if (!live_machine_adopt_finish (NULL, result, &error))
        g_warning ("%s", error->message);
    if (--lab->adopting == 0)
        lab_end_task (lab, LAB_UP, NULL);
}

void
live_lab_adopt_async (LiveLab *lab, State *state, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    g_task_set_source_tag (task, live_lab_adopt_async);
    if (!lab_begin_task (lab, task, LAB_DOWN)) {
        state_free (state);
        return;
    }
    lab_take_state (lab, state);
    lab->claimed = TRUE;
    lab->adopting = 1; /* ours, so that an adoption that ends at once does not end all */
    for (guint i = 0; i < state->executed->len; i++) {
        Executed *executed = g_ptr_array_index (state->executed, i);
        LiveMachine *machine = g_str_has_prefix (executed->id, "machine:")
                                   ? live_lab_find_machine (lab, executed->id + strlen ("machine:"))
                                   : NULL;

        if (!machine || executed->pid == 0) /* none, or it had been stopped */
            continue;
        lab->adopting++;
        live_machine_adopt_async (machine, executed_process (executed), adopted_one, lab);
    }
    if (--lab->adopting == 0)
        lab_end_task (lab, LAB_UP, NULL);
}

gboolean
live_lab_adopt_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
