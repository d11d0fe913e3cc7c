/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket about checkpoints. */
#include "control/commands/command-private.h"

#include "lab/checkpoints/checkpoint.h"
#include "machine/describe.h"

static void
saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = checkpoint_save_finish (result, &error);

    control_call_end (user_data, success, error);
}

void
run_checkpoint_save (ControlCall *call)
{
    checkpoint_save_async (control_call_get_lab (call), control_call_get_string (call, "name"),
                           saved, call);
}

static void
removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autofree char *note = checkpoint_remove_finish (result, &error);

    if (note)
        control_call_return (user_data, describe_pair ("note", note, NULL, NULL));
    else
        control_call_fail (user_data, error);
}

void
run_checkpoint_remove (ControlCall *call)
{
    LiveLab *lab = control_call_get_lab (call);

    checkpoint_remove_async (lab, live_lab_get_plan (lab)->state_dir,
                             control_call_get_string (call, "name"), removed, call);
}
