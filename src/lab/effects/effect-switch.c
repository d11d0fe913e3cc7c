/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is particular about the process of an internal switch: its words and
 * its sockets.
 */
#include "lab/effects/effect-helper.h"

#include "host/socket.h"

/* The machines' ends are bound by path: they need do nothing to be heard again. */
static gboolean
start_again (EffectsContext *context, const Step *step, Executed *executed, GError **error)
{
    g_autofree char *what = g_strdup_printf ("switch %s", step->sw->name);
    HelperSpec spec = { .what = what,
                        .program = context->program,
                        .argv = (const char *const *)step->sw->argv,
                        .log = step->sw->log,
                        .user = step->sw->user };

    return helper_start (context, step, executed, &spec, -1, error);
}

void
switch_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    g_autofree char *what = g_strdup_printf ("switch %s", step->sw->name);
    g_autoptr (GPtrArray) argv = helper_own_argv (step->sw->argv);
    HelperSpec spec = { .what = what,
                        .program = context->program,
                        .argv = (const char *const *)argv->pdata,
                        .log = step->sw->log,
                        .user = step->sw->user,
                        .again = start_again };

    helper_do (task, context, step, executed, &spec);
}

static void
remove_own_sockets (const Step *step)
{
    const SwitchStep *sw = step->sw;

    socket_remove (sw->control);
    for (gsize i = 0; sw->argv[i] && sw->argv[i + 1]; i++)
        if (g_str_equal (sw->argv[i], "--local"))
            socket_remove (sw->argv[i + 1]);
}

/* the ends of both sides: the emulator does not remove the one that it bound */
static void
remove_sockets (const Step *step)
{
    const SwitchStep *sw = step->sw;

    socket_remove (sw->control);
    for (gsize i = 0; sw->argv[i] && sw->argv[i + 1]; i++)
        if (g_str_equal (sw->argv[i], "--local") || g_str_equal (sw->argv[i], "--remote"))
            socket_remove (sw->argv[i + 1]);
}

void
switch_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    helper_undo (task, context, step, executed,
                 context->live ? remove_own_sockets : remove_sockets);
}

void
switch_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    helper_adopt (task, context, step, executed, start_again);
}
