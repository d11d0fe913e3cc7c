/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost shell: an interactive session with the QMP of a machine.  Without a
 * terminal it runs the lines of its input and stops at the first that fails.
 */
#include "base/error.h"
#include "cli/common/machines.h"
#include "cli/shell/qmp-history.h"
#include "cli/shell/qmp-status.h"
#include "cli/shell/shell-private.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
on_typed (const char *text, gpointer user_data)
{
    Shell *shell = user_data;
    g_auto (GStrv) lines = text ? g_strsplit (text, "\n", -1) : NULL;

    if (!text) {
        fputs ("\n", stdout);
        shell_finish (shell, 0);
        return;
    }
    for (gsize i = 0; lines[i]; i++)
        g_queue_push_tail (&shell->lines, g_strdup (lines[i]));
    shell_step (shell);
}

static GPtrArray *
on_complete (const char *text, gsize cursor, gsize *ret_start, gboolean *ret_waiting,
             gpointer user_data)
{
    Shell *shell = user_data;
    const QmpLiveSource live = { qmp_live_get, shell->live };
    gsize before = shell->pending->len > 0 ? shell->pending->len + 1 : 0;
    g_autofree char *whole = g_strconcat (shell->pending->str, before ? "\n" : "", text, NULL);
    GPtrArray *found = qmp_complete (shell->question ? NULL : qmp_link_get_schema (shell->link),
                                     whole, before + cursor, &live, ret_start, ret_waiting);

    *ret_start = *ret_start > before ? *ret_start - before : 0;
    return found;
}

static void
on_names (gpointer user_data)
{
    Shell *shell = user_data;

    if (shell->terminal)
        terminal_retry (shell->terminal);
}

static char *
describe_server (Shell *shell)
{
    const QmpSchema *schema = qmp_link_get_schema (shell->link);
    guint n = schema ? qmp_schema_get_commands (schema)->len : 0;

    return g_strdup_printf ("%s, %u commands", shell->agent ? "guest agent" : "QMP", n);
}

static void
on_ready (gboolean changed, const GError *error, gpointer user_data)
{
    Shell *shell = user_data;
    g_autofree char *server = describe_server (shell);
    g_autofree char *text = NULL;

    if (error)
        text = g_strdup_printf ("connected, without a schema: %s\n", error->message);
    else if (!shell->connected)
        text = g_strdup_printf ("connected to %s (%s); help, Tab and exit are there\n",
                                shell->target->path, server);
    else
        text = g_strdup_printf ("connected again%s; the schema was read again (%s)\n",
                                changed ? ", to another version" : "", server);
    qmp_live_forget (shell->live);
    shell->connected = TRUE;
    if (shell->terminal)
        shell_print (text, shell);
    shell_step (shell);
}

static void
on_lost (const GError *reason, gpointer user_data)
{
    Shell *shell = user_data;
    g_autofree char *text =
        g_strdup_printf ("the connection was lost: %s%s", reason ? reason->message : "closed",
                         shell->terminal ? "; waiting for it to come back" : "");

    qmp_runner_take_loss (shell->runner);
    if (shell->terminal) {
        shell_complain (text, shell);
        shell_step (shell);
    }
}

static void
on_failed (const GError *error, gpointer user_data)
{
    Shell *shell = user_data;

    if (shell->connected)
        return; /* it goes on trying */
    shell->error = g_error_copy (error);
    qmp_status_reclass (&shell->error);
    shell_finish (shell, ROOST_ERROR_FAILED);
}

static void
on_event (QmpEvent *event, gpointer user_data)
{
    Shell *shell = user_data;

    qmp_live_forget (shell->live);
    if (qmp_watch_shows (shell->watch, event)) {
        g_autofree char *text = qmp_watch_format (event);
        g_autofree char *line = g_strconcat (text, "\n", NULL);

        shell_print (line, shell);
    }
    qmp_runner_take_event (shell->runner, event);
}

static gboolean
on_interrupt (gpointer user_data)
{
    Shell *shell = user_data;

    if (!shell->terminal || !shell->connected) {
        shell_finish (shell, ROOST_ERROR_FAILED);
    } else if (shell->running) {
        qmp_runner_abandon (shell->runner);
    } else {
        g_string_truncate (shell->pending, 0);
        g_clear_pointer (&shell->question, g_free);
        terminal_cancel (shell->terminal);
        shell_ask (shell);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
on_terminate (gpointer user_data)
{
    shell_finish (user_data, ROOST_ERROR_FAILED);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_resize (gpointer user_data)
{
    Shell *shell = user_data;

    if (shell->terminal)
        terminal_resize (shell->terminal);
    return G_SOURCE_CONTINUE;
}

static void
open_terminal (Shell *shell)
{
    static const TerminalHandlers handlers = { on_typed, on_complete };
    static const char *const all[] = { "*", NULL };
    g_auto (GStrv) entries = qmp_history_load (shell->target->key);

    shell->terminal = terminal_new (&handlers, shell);
    for (gsize i = 0; entries[i]; i++)
        terminal_remember (shell->terminal, entries[i]);
    qmp_watch_show (shell->watch, all, NULL);
}

static void
shell_init (Shell *shell, const Options *options, gboolean terminal, guint timeout_ms)
{
    static const QmpLinkHandlers link_handlers = { on_ready, on_lost, on_failed, on_event };
    static const QmpSenderHandlers runner_handlers = { shell_print, shell_complain, shell_done };
    const QmpSenderOptions runner_options = { terminal, options->json, timeout_ms,
                                              options->read_only };

    shell->agent = options->agent;
    shell->pending = g_string_new (NULL);
    shell->watch = qmp_watch_new ();
    shell->link = qmp_link_new (shell->target->path, options->agent, TRUE, &link_handlers, shell);
    shell->live = qmp_live_new (qmp_link_get_client (shell->link), on_names, shell);
    shell->runner =
        qmp_runner_new (shell->link, shell->watch, &runner_options, &runner_handlers, shell);
    if (terminal) {
        open_terminal (shell);
    } else {
        g_autoptr (GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);

        shell->input = g_data_input_stream_new (stream);
    }
}

static void
shell_clear (Shell *shell)
{
    g_clear_pointer (&shell->terminal, terminal_free);
    g_clear_pointer (&shell->runner, qmp_runner_free);
    g_clear_pointer (&shell->live, qmp_live_free);
    g_clear_pointer (&shell->link, qmp_link_free);
    g_clear_pointer (&shell->watch, qmp_watch_free);
    g_clear_object (&shell->input);
    g_queue_clear_full (&shell->lines, g_free);
    g_string_free (shell->pending, TRUE);
    g_free (shell->question);
    g_clear_error (&shell->error);
    /* calls that were cancelled end in the main loop */
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

gboolean
shell_run (const Options *options, QmpTarget *target, gboolean terminal, GError **error)
{
    Shell shell = { target };
    guint timeout_ms = 0, signals[4];
    int status;

    if (!machines_duration ("timeout", options->timeout, &timeout_ms, error))
        return FALSE;
    shell_init (&shell, options, terminal, timeout_ms);
    signals[0] = g_unix_signal_add (SIGINT, on_interrupt, &shell);
    signals[1] = g_unix_signal_add (SIGTERM, on_terminate, &shell);
    signals[2] = g_unix_signal_add (SIGHUP, on_terminate, &shell);
    signals[3] = g_unix_signal_add (SIGWINCH, on_resize, &shell);
    while (!shell.finished)
        g_main_context_iteration (NULL, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
        g_source_remove (signals[i]);
    status = shell.error ? shell.error->code : shell.status;
    if (status != 0) {
        /* what went wrong in a line has been told already */
        g_set_error_literal (error, ROOST_ERROR, status, shell.error ? shell.error->message : "");
    }
    shell_clear (&shell);
    return status == 0;
}

gboolean
verb_shell (Options *options, GError **error)
{
    g_auto (QmpTarget) target = { NULL };
    gboolean terminal = isatty (STDIN_FILENO) && isatty (STDOUT_FILENO);

    return qmp_target_find (options, options->argv[0], &target, error) &&
           shell_run (options, &target, terminal, error);
}
