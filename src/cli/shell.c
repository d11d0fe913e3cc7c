/* roost shell: an interactive session with the QMP of a machine.  Without a
 * terminal it runs the lines of its input and stops at the first that fails.
 */
#include "base/error.h"
#include "cli/machines.h"
#include "cli/qmp-history.h"
#include "cli/qmp-live.h"
#include "cli/qmp-runner.h"
#include "cli/qmp-status.h"
#include "cli/qmp-target.h"
#include "cli/shell.h"
#include "cli/terminal.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Limit: how deep @FILE may be in @FILE, in lines that wait */
#define LINES_MAX 100000

typedef struct {
    QmpTarget *target;
    QmpLink *link;
    QmpWatch *watch;
    QmpRunner *runner;
    QmpLive *live;
    Terminal *terminal;      /* NULL: a script */
    GDataInputStream *input; /* of a script; NULL on a terminal */
    gboolean agent;
    GQueue lines;       /* read and not run yet */
    GString *pending;   /* lines of a command that is not whole yet */
    char *question;     /* the command that waits for a yes */
    gboolean connected; /* once */
    gboolean running, reading, ended;
    gboolean stepping; /* step() is on the stack */
    gboolean finished; /* leave the main loop */
    int status;
    GError *error; /* why there is no session */
} Shell;

static void step (Shell *shell);

static void
finish (Shell *shell, int status)
{
    shell->finished = TRUE;
    if (shell->status == 0)
        shell->status = status;
}

static void
print (const char *text, gpointer user_data)
{
    Shell *shell = user_data;

    if (shell->terminal) {
        terminal_print (shell->terminal, text);
        return;
    }
    fputs (text, stdout);
    fflush (stdout);
}

static void
complain (const char *text, gpointer user_data)
{
    Shell *shell = user_data;
    g_autofree char *line = g_strconcat (text, "\n", NULL);

    if (shell->terminal)
        terminal_print (shell->terminal, line);
    else
        fprintf (stderr, "roost: %s", line);
}

static void
on_done (int status, gpointer user_data)
{
    Shell *shell = user_data;

    shell->running = FALSE;
    if (status != 0 && !shell->terminal)
        finish (shell, status);
    step (shell);
}

/* Puts the lines of @path before those that wait. */
static void
push_file (Shell *shell, const char *path)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = qmp_runner_read (path, &error);
    g_auto (GStrv) lines = text ? g_strsplit (text, "\n", LINES_MAX) : NULL;

    if (!text || shell->lines.length > LINES_MAX) {
        complain (text ? "too many lines" : error->message, shell);
        if (!shell->terminal)
            finish (shell, ROOST_ERROR_USAGE);
        return;
    }
    for (guint i = g_strv_length (lines); i > 0; i--)
        g_queue_push_head (&shell->lines, g_strdup (lines[i - 1]));
}

static void
run (Shell *shell, const char *text)
{
    shell->running = TRUE;
    qmp_live_forget (shell->live);
    qmp_runner_run (shell->runner, text);
}

/* A whole command has been read. */
static void
take_command (Shell *shell, const char *text)
{
    const char *start = text + strspn (text, " \t\n");
    g_autofree char *warning = NULL;

    if (!*start)
        return;
    if (shell->terminal && qmp_history_add (shell->target->key, text))
        terminal_remember (shell->terminal, text);
    if (strcmp (g_strchomp ((char *)start), "exit") == 0) {
        finish (shell, 0);
        return;
    }
    if (*start == '@') {
        push_file (shell, start + 1);
        return;
    }
    warning = shell->terminal ? qmp_runner_warn (start) : NULL;
    if (warning) {
        g_autofree char *line = g_strconcat (warning, "\n", NULL);

        shell->question = g_strdup (start);
        print (line, shell);
        return;
    }
    run (shell, start);
}

static void
take_answer (Shell *shell, const char *text)
{
    g_autofree char *command = g_steal_pointer (&shell->question);
    g_autofree char *answer = g_strstrip (g_strdup (text));

    if (g_ascii_strcasecmp (answer, "y") == 0 || g_ascii_strcasecmp (answer, "yes") == 0)
        run (shell, command);
    else
        complain ("not done", shell);
}

static void
take_line (Shell *shell, const char *text)
{
    g_autofree char *whole = NULL;

    if (shell->question) {
        take_answer (shell, text);
        return;
    }
    if (shell->pending->len > 0)
        g_string_append_c (shell->pending, '\n');
    g_string_append (shell->pending, text);
    if (qmp_runner_is_open (shell->pending->str) && !shell->ended)
        return;
    whole = g_strdup (shell->pending->str);
    g_string_truncate (shell->pending, 0);
    take_command (shell, whole);
}

static void
on_input (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Shell *shell = user_data;
    g_autoptr (GError) error = NULL;
    g_autofree char *line =
        g_data_input_stream_read_line_finish (shell->input, result, NULL, &error);

    shell->reading = FALSE;
    if (line)
        g_queue_push_tail (&shell->lines, g_steal_pointer (&line));
    else
        shell->ended = TRUE;
    step (shell);
}

static void
ask (Shell *shell)
{
    g_autofree char *prompt =
        shell->question ? g_strdup ("do it? (y/n) ")
        : shell->pending->len > 0
            ? g_strdup ("… ")
            : g_strdup_printf ("%s%s> ", shell->target->title,
                               qmp_link_is_ready (shell->link) ? "" : " (not connected)");

    terminal_ask (shell->terminal, prompt);
}

/* Goes on as far as possible: runs the lines that are there, then asks for more. */
static void
step (Shell *shell)
{
    if (shell->stepping)
        return;
    shell->stepping = TRUE;
    while (!shell->finished && !shell->running && shell->connected &&
           !g_queue_is_empty (&shell->lines)) {
        g_autofree char *line = g_queue_pop_head (&shell->lines);

        take_line (shell, line);
    }
    shell->stepping = FALSE;
    if (shell->finished || shell->running || !shell->connected)
        return;
    if (shell->ended && shell->pending->len > 0)
        take_line (shell, "");
    else if (shell->ended)
        finish (shell, 0);
    else if (shell->terminal)
        ask (shell);
    else if (!shell->reading) {
        shell->reading = TRUE;
        g_data_input_stream_read_line_async (shell->input, G_PRIORITY_DEFAULT, NULL, on_input,
                                             shell);
    }
}

static void
on_typed (const char *text, gpointer user_data)
{
    Shell *shell = user_data;
    g_auto (GStrv) lines = text ? g_strsplit (text, "\n", -1) : NULL;

    if (!text) {
        fputs ("\n", stdout);
        finish (shell, 0);
        return;
    }
    for (gsize i = 0; lines[i]; i++)
        g_queue_push_tail (&shell->lines, g_strdup (lines[i]));
    step (shell);
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
        print (text, shell);
    step (shell);
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
        complain (text, shell);
        step (shell);
    }
}

static void
on_failed (const GError *error, gpointer user_data)
{
    Shell *shell = user_data;

    if (shell->connected)
        return; /* it goes on trying */
    shell->error = g_error_copy (error);
    g_prefix_error (&shell->error, "connecting to %s: ", shell->target->path);
    qmp_status_reclass (&shell->error);
    finish (shell, ROOST_ERROR_FAILED);
}

static void
on_event (QmpEvent *event, gpointer user_data)
{
    Shell *shell = user_data;

    qmp_live_forget (shell->live);
    if (qmp_watch_shows (shell->watch, event->name)) {
        g_autofree char *text = qmp_watch_format (event);
        g_autofree char *line = g_strconcat (text, "\n", NULL);

        print (line, shell);
    }
    qmp_runner_take_event (shell->runner, event);
}

static gboolean
on_interrupt (gpointer user_data)
{
    Shell *shell = user_data;

    if (!shell->terminal || !shell->connected) {
        finish (shell, ROOST_ERROR_FAILED);
    } else if (shell->running) {
        qmp_runner_abandon (shell->runner);
    } else {
        g_string_truncate (shell->pending, 0);
        g_clear_pointer (&shell->question, g_free);
        terminal_cancel (shell->terminal);
        ask (shell);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
on_terminate (gpointer user_data)
{
    finish (user_data, ROOST_ERROR_FAILED);
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
    qmp_watch_show (shell->watch, all);
}

static void
shell_init (Shell *shell, const Options *options, gboolean terminal, guint timeout_ms)
{
    static const QmpLinkHandlers link_handlers = { on_ready, on_lost, on_failed, on_event };
    static const QmpSenderHandlers runner_handlers = { print, complain, on_done };
    const QmpSenderOptions runner_options = { terminal, options->json, timeout_ms };

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
