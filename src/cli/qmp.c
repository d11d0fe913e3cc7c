/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost qmp: one QMP command, or a script of them, sent to a machine as any QMP
 * client would send it.
 */
#include "base/error.h"
#include "cli/common/machines.h"
#include "cli/shell/qmp-runner.h"
#include "cli/shell/qmp-status.h"
#include "cli/shell/shell.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const Options *options;
    QmpLink *link;
    QmpSender *sender;
    QmpLine *line; /* NULL with --hmp */
    gboolean done;
    int status;
    GError *error;
} OneShot;

static void
print (const char *text, gpointer user_data)
{
    fputs (text, stdout);
}

static void
complain (const char *text, gpointer user_data)
{
    fprintf (stderr, "roost: %s\n", text);
}

static void
on_done (int status, gpointer user_data)
{
    OneShot *shot = user_data;

    shot->done = TRUE;
    shot->status = status;
}

static void
on_ready (gboolean changed, const GError *error, gpointer user_data)
{
    OneShot *shot = user_data;
    g_autofree char *text = NULL;

    if (shot->done)
        return;
    if (shot->line) {
        qmp_sender_send (shot->sender, g_steal_pointer (&shot->line));
        return;
    }
    text = g_strjoinv (" ", shot->options->argv + 1);
    qmp_sender_send_hmp (shot->sender, text);
}

static void
on_lost (const GError *reason, gpointer user_data)
{
    /* the call ends with it */
}

static void
on_failed (const GError *error, gpointer user_data)
{
    OneShot *shot = user_data;

    if (shot->done)
        return;
    shot->done = TRUE;
    shot->error = g_error_copy (error);
    qmp_status_reclass (&shot->error);
}

static void
on_event (QmpEvent *event, gpointer user_data)
{
    /* not asked for */
}

static gboolean
send (OneShot *shot, const char *path, guint timeout_ms, GError **error)
{
    static const QmpLinkHandlers link_handlers = { on_ready, on_lost, on_failed, on_event };
    static const QmpSenderHandlers handlers = { print, complain, on_done };
    const QmpSenderOptions options = { FALSE, shot->options->json, timeout_ms,
                                       shot->options->read_only };

    shot->link =
        qmp_link_new (path, shot->options->agent, shot->options->agent, &link_handlers, shot);
    shot->sender = qmp_sender_new (shot->link, &options, &handlers, shot);
    while (!shot->done)
        g_main_context_iteration (NULL, TRUE);
    qmp_sender_free (shot->sender);
    qmp_link_free (shot->link);
    if (shot->error)
        g_propagate_error (error, g_steal_pointer (&shot->error));
    else if (shot->status != 0)
        g_set_error_literal (error, ROOST_ERROR, shot->status, ""); /* told already */
    return shot->status == 0 && !*error;
}

gboolean
verb_qmp (Options *options, GError **error)
{
    g_auto (QmpTarget) target = { NULL };
    g_auto (QmpFault) fault = { NULL };
    OneShot shot = { options };
    guint timeout_ms = 0;
    gboolean done;

    if (!machines_duration ("timeout", options->timeout, &timeout_ms, error) ||
        !qmp_target_find (options, options->argv[0], &target, error))
        return FALSE;
    if (strcmp (options->argv[1], "-") == 0 && options->argc == 2)
        return shell_run (options, &target, FALSE, error);
    if (!options->hmp) {
        shot.line =
            qmp_line_parse_words ((const char *const *)options->argv + 1, qmp_runner_read, &fault);
        if (!shot.line) {
            g_autofree char *source = g_strjoinv (" ", options->argv + 1);
            g_autofree char *told = qmp_fault_format (&fault, source);

            g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_USAGE, told);
            return FALSE;
        }
    }
    done = send (&shot, target.path, timeout_ms, error);
    qmp_line_free (shot.line);
    return done;
}

gboolean
verb_hmp (Options *options, GError **error)
{
    options->hmp = TRUE;
    return verb_qmp (options, error);
}
