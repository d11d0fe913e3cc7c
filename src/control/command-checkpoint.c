/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket about checkpoints. */
#include "control/command-private.h"

#include "lab/checkpoint.h"

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
