/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the call of one command: the check before it, the result, and what is
 * made of an error.
 */
#include "cli/shell/qmp-send.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/shell/qmp-checker.h"
#include "cli/shell/qmp-descriptor.h"
#include "cli/shell/qmp-json.h"
#include "cli/shell/qmp-status.h"
#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"
#include "qmp/qmp-text.h"

#include <string.h>

/* A command that has no reply when it succeeds has failed by then, or not. */
#define SILENT_MS 1000
#define SCHEMA_TIMEOUT_MS (30 * 1000)

typedef struct {
    QmpSender *sender;
    QmpLine *line; /* NULL for the human monitor */
    char *command; /* as it is sent */
    GString *arguments;
    QmpReply *refusal; /* what the server said before the schema was asked for */
    gboolean silent;   /* no reply is success */
    int fd;            /* that goes with it; -1 = none */
    gint64 started;
} Call;

struct QmpSender {
    QmpLink *link;
    QmpSenderOptions options;
    QmpSenderHandlers handlers;
    gpointer user_data;
    GCancellable *cancellable; /* ends all calls with the sender */
    Call *call;                /* whose reply is waited for; owned by its callback */
};

static void say (QmpSender *sender, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (QmpSender *sender, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    sender->handlers.complain (text, sender->user_data);
}

static void
call_free (Call *call)
{
    if (!call)
        return;
    qmp_line_free (call->line);
    g_free (call->command);
    auto_fd_close (call->fd);
    g_string_free (call->arguments, TRUE);
    g_clear_pointer (&call->refusal, qmp_reply_free);
    g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static gboolean
is_failure (const char *text)
{
    return g_str_has_prefix (text, "Error:") || g_str_has_prefix (text, "unknown command:");
}

static int
print_hmp (QmpSender *sender, const QmpReply *reply)
{
    g_autofree char *raw = qmp_slice_to_string (reply->value, reply->value_length);
    g_auto (GStrv) lines = g_strsplit (raw ? raw : "", "\r\n", -1);
    g_autofree char *text = g_strjoinv ("\n", lines);
    gsize length = strlen (text);
    g_autofree char *whole =
        g_strconcat (text, length > 0 && text[length - 1] != '\n' ? "\n" : "", NULL);

    if (is_failure (text)) {
        say (sender, "%s", g_strchomp (text));
        return ROOST_ERROR_FAILED;
    }
    if (*whole)
        sender->handlers.print (whole, sender->user_data);
    return 0;
}

/* A reply to a command with an id of its own is shown whole, with that id. */
static char *
show_whole (const Call *call, const QmpReply *reply)
{
    return reply->value ? g_strdup_printf ("{\"return\": %.*s, \"id\": %s}",
                                           (int)reply->value_length, reply->value, call->line->id)
                        : g_strdup_printf ("{\"id\": %s, \"error\": %.*s}", call->line->id,
                                           (int)reply->error_length, reply->error);
}

void
qmp_sender_print (QmpSender *sender, const char *json, gsize length)
{
    g_autofree char *pretty =
        sender->options.json ? g_strndup (json, length) : qmp_json_pretty (json, length);
    g_autofree char *text = g_strconcat (pretty, "\n", NULL);

    sender->handlers.print (text, sender->user_data);
}

static int
show_error (QmpSender *sender, const Call *call, const QmpReply *reply)
{
    g_autoptr (GError) error = qmp_error_new_from_json (reply->error, reply->error_length);
    const char *error_class = qmp_error_get_class (error);
    const char *description = qmp_error_get_description (error);
    const QmpNode *named = call->line ? qmp_line_find_named (call->line, description) : NULL;
    g_auto (QmpFault) fault = { NULL };
    g_autofree char *told = NULL;

    if (call->line && call->line->id) {
        g_autofree char *whole = show_whole (call, reply);

        qmp_sender_print (sender, whole, strlen (whole));
        return qmp_status_of (error);
    }
    qmp_fault_set (&fault, named ? named->key_start : 0, named ? named->end : 0, "%s: %s",
                   error_class ? error_class : "error", description);
    told = named ? qmp_fault_format (&fault, call->line->source) : g_strdup (fault.message);
    say (sender, "%s", told);
    return qmp_status_of (error);
}

static int
show_reply (QmpSender *sender, const Call *call, const QmpReply *reply)
{
    if (!reply->value)
        return show_error (sender, call, reply);
    if (!call->line)
        return print_hmp (sender, reply);
    if (call->line->id) {
        g_autofree char *whole = show_whole (call, reply);

        qmp_sender_print (sender, whole, strlen (whole));
    } else {
        qmp_sender_print (sender, reply->value, reply->value_length);
    }
    return 0;
}

/* The call has ended with @status.  Takes @call. */
static void
end_call (QmpSender *sender, Call *call, int status, gboolean timed)
{
    gboolean wanted = sender->call == call;
    double ms = (g_get_monotonic_time () - call->started) / 1000.0;

    if (wanted)
        sender->call = NULL;
    call_free (call);
    if (wanted && timed && sender->options.terminal)
        say (sender, "(%.1f ms)", ms);
    if (wanted)
        sender->handlers.done (status, sender->user_data);
}

/* Returns: the exit status for a command that is not sent, as it is wrong */
static int
refuse (QmpSender *sender, const QmpSchema *schema, const QmpLine *line, const QmpFault *fault)
{
    g_autofree char *told = qmp_fault_format (fault, line->source);

    say (sender, "%s", told);
    return qmp_schema_find_command (schema, line->command) ? ROOST_ERROR_USAGE
                                                           : QMP_STATUS_COMMAND_NOT_FOUND;
}

static void send_call (QmpSender *sender, Call *call);

/* The server has refused what was sent without a check.  Errors of type are
 * told before anything happens, so it may be sent again with other types. */
static void
explain (QmpSender *sender, Call *call, const QmpSchema *schema)
{
    g_autoptr (GString) arguments = g_string_new (NULL);
    g_autoptr (QmpReply) refusal = g_steal_pointer (&call->refusal);
    g_auto (QmpFault) fault = { NULL };

    if (schema && !qmp_checker_write (schema, call->line, arguments, &fault)) {
        end_call (sender, call, refuse (sender, schema, call->line, &fault), FALSE);
    } else if (schema && !g_string_equal (arguments, call->arguments)) {
        g_string_assign (call->arguments, arguments->str);
        send_call (sender, call);
    } else {
        end_call (sender, call, show_error (sender, call, refusal), FALSE);
    }
}

static void
on_schema (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (Call) call = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);
    g_autoptr (QmpSchema) schema = NULL;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the sender is gone */
    if (reply && reply->value)
        schema = qmp_schema_new (reply->value, reply->value_length, NULL);
    explain (call->sender, call, schema);
    g_steal_pointer (&call);
}

/* Returns: whether the schema may tell more of an error */
static gboolean
is_explainable (QmpSender *sender, const Call *call, const QmpReply *reply)
{
    g_autoptr (GError) error = NULL;

    if (!call->line || call->line->id || reply->value || qmp_link_get_schema (sender->link) ||
        qmp_link_is_agent (sender->link))
        return FALSE;
    error = qmp_error_new_from_json (reply->error, reply->error_length);
    return g_error_matches (error, QMP_ERROR, QMP_ERROR_GENERIC) ||
           g_error_matches (error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND);
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (Call) call = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);
    QmpSender *sender = call->sender;
    gboolean silence;
    int status;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the sender is gone */
    if (sender->call != call && reply)
        say (sender, "the reply to %s, which was waited for no longer:", call->command);
    if (reply && is_explainable (sender, call, reply)) {
        const QmpCallOptions options = { .timeout_ms = SCHEMA_TIMEOUT_MS };

        call->refusal = g_steal_pointer (&reply);
        qmp_client_call_async (QMP_CLIENT (source), "query-qmp-schema", NULL, 0, &options,
                               sender->cancellable, on_schema, g_steal_pointer (&call));
        return;
    }
    silence = call->silent && g_error_matches (error, QMP_ERROR, QMP_ERROR_NO_REPLY);
    status = reply ? show_reply (sender, call, reply) : silence ? 0 : qmp_status_of (error);
    if (error && !silence && sender->call == call)
        say (sender, "%s: %s", call->command, error->message);
    end_call (sender, g_steal_pointer (&call), status, !error);
}

static void
send_call (QmpSender *sender, Call *call)
{
    const QmpCallOptions options = {
        .oob = call->line && call->line->oob,
        .timeout_ms = call->silent ? SILENT_MS : sender->options.timeout_ms,
        .fds = &call->fd,
        .n_fds = call->fd >= 0,
    };

    qmp_client_call_async (qmp_link_get_client (sender->link), call->command, call->arguments->str,
                           call->arguments->len, &options, sender->cancellable, on_reply, call);
}

static Call *
call_new (QmpSender *sender, const char *command)
{
    Call *call = g_new0 (Call, 1);

    call->fd = -1;
    call->sender = sender;
    call->command = g_strdup (command);
    call->arguments = g_string_new (NULL);
    call->started = g_get_monotonic_time ();
    sender->call = call;
    return call;
}

/* Returns: FALSE when it was told why not */
static gboolean
may_be_sent (QmpSender *sender, const char *command)
{
    if (!sender->options.read_only || g_str_has_prefix (command, "query-"))
        return TRUE;
    say (sender, "%s is no query-* command, and this session is read-only", command);
    return FALSE;
}

/* Returns: FALSE when it was told why the call has no descriptor */
static gboolean
take_descriptor (Call *call)
{
    g_autoptr (GError) error = NULL;
    g_auto (QmpFault) fault = { NULL };
    g_autofree char *told = NULL;

    if (!call->line->descriptor)
        return TRUE;
    call->fd = qmp_descriptor_open (call->line->descriptor, &error);
    if (!error)
        return TRUE;
    qmp_fault_set (&fault, call->line->descriptor_start, call->line->descriptor_end, "%s",
                   error->message);
    told = qmp_fault_format (&fault, call->line->source);
    say (call->sender, "%s", told);
    return FALSE;
}

void
qmp_sender_send (QmpSender *sender, QmpLine *line)
{
    const QmpSchema *schema = qmp_link_get_schema (sender->link);
    g_auto (QmpFault) fault = { NULL };
    Call *call = call_new (sender, line->command);

    call->line = line;
    if (!may_be_sent (sender, line->command) || !take_descriptor (call)) {
        end_call (sender, call, ROOST_ERROR_USAGE, FALSE);
        return;
    }
    call->silent = schema && qmp_schema_is_silent (schema, line->command);
    if (qmp_checker_write (schema, line, call->arguments, &fault))
        send_call (sender, call);
    else
        end_call (sender, call, refuse (sender, schema, line, &fault), FALSE);
}

void
qmp_sender_send_hmp (QmpSender *sender, const char *text)
{
    Call *call = call_new (sender, "human-monitor-command");

    if (!may_be_sent (sender, call->command)) {
        end_call (sender, call, ROOST_ERROR_USAGE, FALSE);
        return;
    }
    g_string_append (call->arguments, "{\"command-line\":");
    qmp_text_quote (call->arguments, text);
    g_string_append_c (call->arguments, '}');
    send_call (sender, call);
}

gboolean
qmp_sender_abandon (QmpSender *sender)
{
    if (!sender->call)
        return FALSE;
    say (sender, "%s goes on; its reply is shown when it comes", sender->call->command);
    sender->call = NULL;
    sender->handlers.done (ROOST_ERROR_FAILED, sender->user_data);
    return TRUE;
}

QmpSender *
qmp_sender_new (QmpLink *link, const QmpSenderOptions *options, const QmpSenderHandlers *handlers,
                gpointer user_data)
{
    QmpSender *sender = g_new0 (QmpSender, 1);

    sender->link = link;
    sender->options = *options;
    sender->handlers = *handlers;
    sender->user_data = user_data;
    sender->cancellable = g_cancellable_new ();
    return sender;
}

void
qmp_sender_free (QmpSender *sender)
{
    if (!sender)
        return;
    g_cancellable_cancel (sender->cancellable);
    g_object_unref (sender->cancellable);
    g_free (sender);
}
