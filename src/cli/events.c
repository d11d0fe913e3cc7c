/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost events: what happens to a machine, or to a whole lab, as JSON Lines. */
#include "base/error.h"
#include "cli/client.h"
#include "cli/machines.h"
#include "cli/qmp-link.h"
#include "cli/qmp-status.h"
#include "cli/qmp-target.h"

#include <glib-unix.h>
#include <stdio.h>

typedef struct {
    const char *wanted; /* pattern of --wait; NULL = none */
    gboolean done;      /* it came, or nobody reads on */
    gboolean late;
    GError *error;
} Follower;

static void
take_event (Follower *follower, const QmpEvent *event)
{
    gsize length;
    const char *bytes = g_bytes_get_data (event->message, &length);

    while (length > 0 && g_ascii_isspace (bytes[length - 1]))
        length--;
    if (follower->done)
        return;
    if (printf ("%.*s\n", (int)length, bytes) < 0 || fflush (stdout) != 0)
        follower->done = TRUE;
    else if (follower->wanted && g_pattern_match_simple (follower->wanted, event->name))
        follower->done = TRUE;
}

static void
on_event (QmpEvent *event, gpointer user_data)
{
    take_event (user_data, event);
}

static void
on_signal_event (QmpClient *client, QmpEvent *event, gpointer user_data)
{
    take_event (user_data, event);
}

static void
stop (Follower *follower, const GError *reason)
{
    if (follower->done || follower->error)
        return;
    follower->error = g_error_copy (reason);
    qmp_status_reclass (&follower->error);
}

static void
on_closed (QmpClient *client, const GError *reason, gpointer user_data)
{
    stop (user_data, reason);
}

static void
on_failed (const GError *error, gpointer user_data)
{
    stop (user_data, error);
}

static void
on_lost (const GError *reason, gpointer user_data)
{
    stop (user_data, reason);
}

static void
on_ready (gboolean changed, const GError *error, gpointer user_data)
{
    /* events come by themselves */
}

static gboolean
on_late (gpointer user_data)
{
    ((Follower *)user_data)->late = TRUE;
    return G_SOURCE_REMOVE;
}

static void
turn (Follower *follower, guint timeout_ms)
{
    guint timer = timeout_ms ? g_timeout_add (timeout_ms, on_late, follower) : 0;

    while (!follower->done && !follower->late && !follower->error)
        g_main_context_iteration (NULL, TRUE);
    if (timer && !follower->late)
        g_source_remove (timer);
}

static gboolean
follow_lab (const Options *options, Follower *follower, guint timeout_ms, GError **error)
{
    g_autofree char *lab = lab_client_find (options, NULL, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;

    if (!client)
        return FALSE;
    g_signal_connect (client->qmp, "event", G_CALLBACK (on_signal_event), follower);
    g_signal_connect (client->qmp, "closed", G_CALLBACK (on_closed), follower);
    turn (follower, timeout_ms);
    g_signal_handlers_disconnect_by_data (client->qmp, follower);
    return TRUE;
}

static gboolean
follow_machine (const Options *options, Follower *follower, guint timeout_ms, GError **error)
{
    static const QmpLinkHandlers handlers = { on_ready, on_lost, on_failed, on_event };
    g_auto (QmpTarget) target = { NULL };
    QmpLink *link;

    if (!qmp_target_find (options, options->argv[0], &target, error))
        return FALSE;
    link = qmp_link_new (target.path, options->agent, FALSE, &handlers, follower);
    turn (follower, timeout_ms);
    qmp_link_free (link);
    return TRUE;
}

gboolean
verb_events (Options *options, GError **error)
{
    Follower follower = { options->wait };
    guint timeout_ms = 0;
    gboolean followed;

    if (!machines_duration ("timeout", options->timeout, &timeout_ms, error))
        return FALSE;
    followed = options->argc > 0 ? follow_machine (options, &follower, timeout_ms, error)
                                 : follow_lab (options, &follower, timeout_ms, error);
    if (followed && follower.late && options->wait) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_TIMEOUT, "%s did not come within %s",
                     options->wait, options->timeout);
        followed = FALSE;
    } else if (followed && follower.error && !follower.done) {
        g_propagate_error (error, g_steal_pointer (&follower.error));
        followed = FALSE;
    }
    g_clear_error (&follower.error);
    return followed;
}
