/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the step of Open vSwitch does to the host, and how that is undone. */
#include "lab/effect.h"

#include "base/error.h"

void
ovs_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "ovs: not built yet");
}

void
ovs_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    g_task_return_pointer (task, NULL, NULL);
}
