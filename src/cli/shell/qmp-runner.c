/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a line does: a command is sent, the shell's own words are done here. */
#include "cli/shell/qmp-runner.h"

#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "cli/common/machines.h"
#include "cli/shell/qmp-help.h"
#include "cli/shell/qmp-status.h"

#include <string.h>

#define FILE_MAX (16u << 20) /* bytes of KEY=@FILE */
#define EVENTS_LAST 20       /* of `events last` */

struct QmpRunner {
    QmpLink *link;
    QmpWatch *watch;
    QmpSenderOptions options;
    QmpSenderHandlers handlers;
    gpointer user_data;
    QmpSender *sender;
    GStrv wait;  /* the pattern and members that an event must have */
    guint timer; /* of @wait; 0 = none */
};

static void say (QmpRunner *runner, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (QmpRunner *runner, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    runner->handlers.complain (text, runner->user_data);
}

static void
end (QmpRunner *runner, int status)
{
    runner->handlers.done (status, runner->user_data);
}

char *
qmp_runner_read (const char *path, GError **error)
{
    g_autofree char *here = g_get_current_dir (), *absolute = file_absolute (here, path);

    return file_read (absolute, FILE_MAX, NULL, error);
}

static void
run_help (QmpRunner *runner, const char *const *words)
{
    const QmpSchema *schema = qmp_link_get_schema (runner->link);
    g_autofree char *text = NULL;

    if (!words[0])
        text = qmp_help_overview (schema);
    else if (schema)
        text = qmp_help_command (schema, words);
    if (text) {
        runner->handlers.print (text, runner->user_data);
        end (runner, 0);
        return;
    }
    say (runner,
         schema ? "there is no command %s here"
                : "nothing is known of %s: there is no "
                  "schema",
         words[0]);
    end (runner, ROOST_ERROR_USAGE);
}

static void
run_last_events (QmpRunner *runner, const char *number)
{
    gint64 n = EVENTS_LAST;
    g_autofree char *text = NULL, *lines = NULL;

    if (number && !quantity_parse_int (number, 1, G_MAXINT32, &n)) {
        say (runner, "%s is not a number: events last [N]", number);
        end (runner, ROOST_ERROR_USAGE);
        return;
    }
    text = qmp_watch_last (runner->watch, (guint)n);
    lines = g_strconcat (text, *text ? "\n" : "", NULL);
    runner->handlers.print (lines, runner->user_data);
    end (runner, 0);
}

/* events [on|off|last [N]|PATTERN…] [--data KEY=VALUE…] */
static void
run_events (QmpRunner *runner, const char *const *words)
{
    static const char *const all[] = { "*", NULL };
    g_autofree const char **patterns = NULL;
    const char *const *members = NULL;
    guint n = 0;
    gboolean on, off;

    while (words[n] && !g_str_equal (words[n], "--data"))
        n++;
    members = words[n] ? words + n + 1 : NULL;
    patterns = g_memdup2 (words, (n + 1) * sizeof *words);
    patterns[n] = NULL;
    for (gsize i = 0; members && members[i]; i++) {
        if (strchr (members[i], '='))
            continue;
        say (runner, "%s is not KEY=VALUE of an event's data", members[i]);
        end (runner, ROOST_ERROR_USAGE);
        return;
    }
    if (n > 0 && g_str_equal (words[0], "last")) {
        run_last_events (runner, patterns[1]);
        return;
    }
    on = n == 0 || g_str_equal (words[0], "on");
    off = n > 0 && g_str_equal (words[0], "off");
    qmp_watch_show (runner->watch, on ? all : off ? NULL : patterns, members);
    end (runner, 0);
}

static void
print_event (QmpRunner *runner, GBytes *message)
{
    gsize length;
    const char *bytes = g_bytes_get_data (message, &length);

    while (length > 0 && g_ascii_isspace (bytes[length - 1]))
        length--;
    qmp_sender_print (runner->sender, bytes, length);
}

static void
end_wait (QmpRunner *runner, int status)
{
    g_clear_pointer (&runner->wait, g_strfreev);
    if (runner->timer)
        g_source_remove (runner->timer);
    runner->timer = 0;
    end (runner, status);
}

static gboolean
on_wait_late (gpointer user_data)
{
    QmpRunner *runner = user_data;

    runner->timer = 0;
    say (runner, "%s did not come in time", runner->wait[0]);
    end_wait (runner, ROOST_ERROR_TIMEOUT);
    return G_SOURCE_REMOVE;
}

/* wait EVENT [KEY=VALUE…] [TIME] */
static void
run_wait (QmpRunner *runner, char **words)
{
    guint n = g_strv_length (words), timeout_ms = 0;
    g_autoptr (GBytes) message = NULL;
    g_autoptr (GError) error = NULL;

    if (n > 1 && !strchr (words[n - 1], '=') &&
        machines_duration ("wait", words[n - 1], &timeout_ms, &error)) {
        g_clear_pointer (&words[n - 1], g_free);
        n--;
    }
    for (guint i = 1; i < n && !error; i++)
        if (!strchr (words[i], '='))
            g_set_error (&error, ROOST_ERROR, ROOST_ERROR_USAGE,
                         "%s is neither KEY=VALUE nor a "
                         "time",
                         words[i]);
    if (n == 0 || error) {
        say (runner, "%s", error ? error->message : "wait EVENT [KEY=VALUE…] [TIME]");
        end (runner, ROOST_ERROR_USAGE);
        return;
    }
    message = qmp_watch_take (runner->watch, words[0], (const char *const *)words + 1);
    if (message) {
        print_event (runner, message);
        end (runner, 0);
        return;
    }
    runner->wait = g_strdupv (words);
    if (timeout_ms)
        runner->timer = g_timeout_add (timeout_ms, on_wait_late, runner);
}

/* Returns: (transfer full): the words of @text */
static GStrv
split (const char *text)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_auto (GStrv) parts = g_strsplit_set (text, " \t\n", -1);

    for (gsize i = 0; parts[i]; i++)
        if (*parts[i])
            g_strv_builder_add (builder, parts[i]);
    return g_strv_builder_end (builder);
}

static gboolean
is_word (const char *text, const char *word)
{
    gsize length = strlen (word);

    return strncmp (text, word, length) == 0 && (!text[length] || g_ascii_isspace (text[length]));
}

static void
run_command (QmpRunner *runner, const char *text)
{
    g_auto (QmpFault) fault = { NULL };
    QmpLine *line = qmp_line_parse (text, qmp_runner_read, &fault);
    g_autofree char *told = line ? NULL : qmp_fault_format (&fault, text);

    if (line) {
        qmp_sender_send (runner->sender, line);
        return;
    }
    say (runner, "%s", told);
    end (runner, ROOST_ERROR_USAGE);
}

/* Returns: whether @text is one of the shell's own */
static gboolean
run_builtin (QmpRunner *runner, const char *text)
{
    g_auto (GStrv) words = split (text);

    if (!words[0] || *text == '#')
        end (runner, 0);
    else if (g_str_equal (words[0], "help"))
        run_help (runner, (const char *const *)words + 1);
    else if (g_str_equal (words[0], "events"))
        run_events (runner, (const char *const *)words + 1);
    else if (g_str_equal (words[0], "wait"))
        run_wait (runner, words + 1);
    else
        return FALSE;
    return TRUE;
}

void
qmp_runner_run (QmpRunner *runner, const char *text)
{
    g_assert (!runner->wait);
    text += strspn (text, " \t\n");
    if (run_builtin (runner, text))
        return;
    if (!qmp_link_is_ready (runner->link)) {
        say (runner, "not connected");
        end (runner, QMP_STATUS_CLOSED);
        return;
    }
    qmp_watch_mark (runner->watch);
    if (is_word (text, "hmp"))
        qmp_sender_send_hmp (runner->sender,
                             text + strlen ("hmp") + strspn (text + strlen ("hmp"), " \t"));
    else
        run_command (runner, text);
}

void
qmp_runner_abandon (QmpRunner *runner)
{
    if (runner->wait) {
        end_wait (runner, ROOST_ERROR_FAILED);
    } else {
        qmp_sender_abandon (runner->sender);
    }
}

void
qmp_runner_take_event (QmpRunner *runner, const QmpEvent *event)
{
    qmp_watch_add (runner->watch, event);
    if (!runner->wait)
        return;
    if (qmp_watch_matches (event, runner->wait[0], (const char *const *)runner->wait + 1)) {
        print_event (runner, event->message);
        end_wait (runner, 0);
    }
}

void
qmp_runner_take_loss (QmpRunner *runner)
{
    if (runner->wait && !runner->options.terminal)
        end_wait (runner, QMP_STATUS_CLOSED);
}

gboolean
qmp_runner_is_open (const char *text)
{
    g_auto (QmpFault) fault = { NULL };
    g_autoptr (QmpLine) line = NULL;

    text += strspn (text, " \t\n");
    if (!*text || *text == '#' || *text == '@' || is_word (text, "hmp") || is_word (text, "help") ||
        is_word (text, "events") || is_word (text, "wait"))
        return FALSE;
    line = qmp_line_parse (text, NULL, &fault);
    return !line && fault.open;
}

char *
qmp_runner_warn (const char *text)
{
    static const char *const grave[] = { "quit", "system_reset", "x-*", NULL };
    g_auto (QmpFault) fault = { NULL };
    g_autoptr (QmpLine) line = NULL;

    text += strspn (text, " \t\n");
    if (*text == '!')
        return NULL;
    if (is_word (text, "hmp"))
        text += strlen ("hmp") + strspn (text + strlen ("hmp"), " \t");
    line = qmp_line_parse (text, NULL, &fault);
    if (!line)
        return NULL;
    if (g_str_equal (line->command, "quit") || g_str_equal (line->command, "q"))
        return g_strdup ("this ends the machine (`exit` leaves the shell)");
    for (gsize i = 0; grave[i]; i++)
        if (g_pattern_match_simple (grave[i], line->command))
            return g_strdup_printf ("%s may do harm", line->command);
    return NULL;
}

static void
on_print (const char *text, gpointer user_data)
{
    QmpRunner *runner = user_data;

    runner->handlers.print (text, runner->user_data);
}

static void
on_complain (const char *text, gpointer user_data)
{
    QmpRunner *runner = user_data;

    runner->handlers.complain (text, runner->user_data);
}

static void
on_done (int status, gpointer user_data)
{
    end (user_data, status);
}

static const QmpSenderHandlers sender_handlers = { on_print, on_complain, on_done };

QmpRunner *
qmp_runner_new (QmpLink *link, QmpWatch *watch, const QmpSenderOptions *options,
                const QmpSenderHandlers *handlers, gpointer user_data)
{
    QmpRunner *runner = g_new0 (QmpRunner, 1);

    runner->link = link;
    runner->watch = watch;
    runner->options = *options;
    runner->handlers = *handlers;
    runner->user_data = user_data;
    runner->sender = qmp_sender_new (link, options, &sender_handlers, runner);
    return runner;
}

void
qmp_runner_free (QmpRunner *runner)
{
    if (!runner)
        return;
    g_clear_pointer (&runner->sender, qmp_sender_free);
    if (runner->timer)
        g_source_remove (runner->timer);
    g_strfreev (runner->wait);
    g_free (runner);
}
