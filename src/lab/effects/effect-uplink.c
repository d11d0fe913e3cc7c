/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is particular about an emulator that is the NAT of a switch: it gets a
 * tap, and its greeting says that it is ready.
 */
#include "lab/effects/effect-helper.h"

#include "host/network/tap.h"

/* Returns: FALSE on error; what was opened so far is in @fds all the same */
static gboolean
open_taps (const UplinkStep *uplink, GArray *fds, GArray *numbers, GError **error)
{
    for (guint i = 0; i < uplink->fds->len; i++) {
        const FdRecord *record = g_ptr_array_index (uplink->fds, i);
        int number = (int)record->fd, fd;

        if (record->kind != FD_TAP)
            continue;
        fd = tap_open (record, error);
        if (fd < 0)
            return FALSE;
        g_array_append_val (fds, fd);
        g_array_append_val (numbers, number);
    }
    return TRUE;
}

void
uplink_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    g_autofree char *what = g_strdup_printf ("uplink of switch %s", step->uplink->name);
    g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
    g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (int));
    GError *error = NULL;

    if (open_taps (step->uplink, fds, numbers, &error)) {
        HelperSpec spec = { .what = what,
                            .program = step->uplink->argv[0],
                            .argv = (const char *const *)step->uplink->argv,
                            .log = step->uplink->log,
                            .user = step->uplink->user,
                            .fds = (const int *)fds->data,
                            .fd_numbers = (const int *)numbers->data,
                            .n_fds = fds->len };

        helper_do (task, context, step, executed, &spec);
    } else {
        g_prefix_error (&error, "%s: ", what);
        g_task_return_error (task, error);
    }
    for (guint i = 0; i < fds->len; i++)
        close (g_array_index (fds, int, i));
}

static void
nothing_stays (const Step *step)
{
}

void
uplink_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    helper_undo (task, context, step, executed, nothing_stays);
}

void
uplink_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    helper_adopt (task, context, step, executed, NULL);
}
