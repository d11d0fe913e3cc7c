/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the turning of the main loop in commands; see wait.h. */
#include "cli/common/wait.h"

void
wait_arrived (GObject *source, GAsyncResult *result, gpointer user_data)
{
    ((Wait *)user_data)->result = g_object_ref (result);
}

GAsyncResult *
wait_for (Wait *wait)
{
    while (!wait->result)
        g_main_context_iteration (NULL, TRUE);
    return wait->result;
}
