/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost events: what happens to a machine, or to a whole lab, as JSON Lines.  It
 * outlives the machine's process and the supervisor, and ends with the lab.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "base/quantity.h"
#include "cli/common/client.h"
#include "cli/common/machines.h"
#include "cli/shell/qmp-link.h"
#include "cli/shell/qmp-status.h"
#include "cli/shell/qmp-target.h"
#include "cli/shell/qmp-transcript.h"
#include "cli/shell/qmp-watch.h"
#include "cli/supervise.h"
#include "lab/registry.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *wanted;         /* pattern of --wait; NULL = none */
    const char *const *members; /* of --data */
    char *path;                 /* of the socket */
    char *transcript;           /* for --last; NULL = none */
    guint last;
    gboolean stays; /* a lab's: the socket comes back while the lab is up */
    gboolean done;  /* it came, or nobody reads on */
    gboolean gone;  /* with the lab */
    gboolean late;
    GError *error;
} Follower;

static void
print (Follower *follower, const char *event, gsize length)
{
    if (printf ("%.*s\n", (int)length, event) < 0 || fflush (stdout) != 0)
        follower->done = TRUE;
}

static gboolean
is_wanted (const QmpEvent *event, gpointer user_data)
{
    return qmp_watch_matches (event, "*", ((Follower *)user_data)->members);
}

static void
on_event (QmpEvent *event, gpointer user_data)
{
    Follower *follower = user_data;
    gsize length;
    const char *bytes = g_bytes_get_data (event->message, &length);

    while (length > 0 && g_ascii_isspace (bytes[length - 1]))
        length--;
    if (follower->done || !is_wanted (event, follower))
        return;
    print (follower, bytes, length);
    if (follower->wanted && g_pattern_match_simple (follower->wanted, event->name))
        follower->done = TRUE;
}

static void
stop (Follower *follower, const GError *reason)
{
    if (follower->done || follower->error)
        return;
    follower->error = reason ? g_error_copy (reason)
                             : g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "closed");
    qmp_status_reclass (&follower->error);
}

/* The socket of a lab is there as long as the lab is up, whoever serves it. */
static gboolean
is_gone (Follower *follower)
{
    follower->gone = follower->stays && !g_file_test (follower->path, G_FILE_TEST_EXISTS);
    return follower->gone;
}

static void
on_failed (const GError *error, gpointer user_data)
{
    Follower *follower = user_data;

    if (!is_gone (follower) && !follower->stays)
        stop (follower, error);
}

static void
on_lost (const GError *reason, gpointer user_data)
{
    on_failed (reason, user_data);
}

static void
on_ready (gboolean changed, const GError *error, gpointer user_data)
{
    Follower *follower = user_data;
    g_autofree char *transcript = g_steal_pointer (&follower->transcript);
    g_autoptr (GPtrArray) events = NULL;

    if (!transcript)
        return; /* events come by themselves */
    events = qmp_transcript_events (transcript, follower->last, is_wanted, follower);
    for (guint i = 0; i < events->len && !follower->done; i++) {
        const char *event = g_ptr_array_index (events, i);

        print (follower, event, strlen (event));
    }
}

static gboolean
on_late (gpointer user_data)
{
    ((Follower *)user_data)->late = TRUE;
    return G_SOURCE_REMOVE;
}

static void
follow (const Options *options, Follower *follower, guint timeout_ms)
{
    static const QmpLinkHandlers handlers = { on_ready, on_lost, on_failed, on_event };
    QmpLink *link = qmp_link_new (follower->path, options->agent, FALSE, &handlers, follower);
    guint timer = timeout_ms ? g_timeout_add (timeout_ms, on_late, follower) : 0;

    if (follower->stays)
        qmp_link_persist (link);
    while (!follower->done && !follower->late && !follower->gone && !follower->error)
        g_main_context_iteration (NULL, TRUE);
    if (timer && !follower->late)
        g_source_remove (timer);
    qmp_link_free (link);
}

static gboolean
find_lab (const Options *options, Follower *follower, GError **error)
{
    g_autofree char *lab = lab_client_find (options, NULL, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;

    if (!client)
        return FALSE;
    follower->path = g_build_filename (client->run_dir, CONTROL_SOCKET, NULL);
    follower->stays = TRUE;
    if (!options->last)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--last needs a machine");
    return FALSE;
}

static gboolean
find_machine (const Options *options, Follower *follower, GError **error)
{
    g_auto (QmpTarget) target = { NULL };

    if (!qmp_target_find (options, options->argv[0], &target, error))
        return FALSE;
    follower->path = g_steal_pointer (&target.path);
    follower->stays = target.machine != NULL;
    if (!options->last)
        return TRUE;
    if (target.machine) {
        g_autofree char *state = registry_state_dir (target.lab);
        g_autofree char *file = g_strconcat (target.machine, ".qmp.log", NULL);

        follower->transcript = g_build_filename (state, "logs", file, NULL);
        return TRUE;
    }
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 "--last: %s is no machine of a lab and has no transcript", options->argv[0]);
    return FALSE;
}

static gboolean
read_options (const Options *options, Follower *follower, guint *timeout_ms, GError **error)
{
    static const char *const none[] = { NULL };
    gint64 last = 0;

    follower->wanted = options->wait;
    follower->members = options->data ? (const char *const *)options->data : none;
    for (gsize i = 0; follower->members[i]; i++)
        if (!strchr (follower->members[i], '=')) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--data %s is not KEY=VALUE",
                         follower->members[i]);
            return FALSE;
        }
    if (options->last && !quantity_parse_int (options->last, 1, G_MAXINT32, &last)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--last %s is not a number",
                     options->last);
        return FALSE;
    }
    follower->last = (guint)last;
    return machines_duration ("timeout", options->timeout, timeout_ms, error);
}

/* Returns: whether all went as it was asked for */
static gboolean
conclude (const Options *options, Follower *follower, GError **error)
{
    if (follower->late && options->wait)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_TIMEOUT, "%s did not come within %s",
                     options->wait, options->timeout);
    else if (follower->gone && options->wait && !follower->done)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "the lab went down, and %s had not come", options->wait);
    else if (follower->error && !follower->done)
        g_propagate_error (error, g_steal_pointer (&follower->error));
    else
        return TRUE;
    return FALSE;
}

gboolean
verb_events (Options *options, GError **error)
{
    Follower follower = { NULL };
    guint timeout_ms = 0;
    gboolean done = read_options (options, &follower, &timeout_ms, error) &&
                    (options->argc > 0 ? find_machine (options, &follower, error)
                                       : find_lab (options, &follower, error));

    if (done) {
        follow (options, &follower, timeout_ms);
        done = conclude (options, &follower, error);
    }
    g_clear_error (&follower.error);
    g_free (follower.path);
    g_free (follower.transcript);
    return done;
}
