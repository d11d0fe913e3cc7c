/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns one call: that only well-formed commands are made, its deadline and its cancellation, and
 * that it ends once.  When it is sent is qmp-calls.c. */
#include "qmp/qmp-call.h"

#include <string.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"
#include "qmp/qmp-source.h"

/* QEMU uses the first one. */
#define MAX_FDS 16

void
qmp_call_free (QmpCall *self)
{
    if (!self)
        return;
    qmp_source_clear (&self->deadline);
    qmp_source_clear (&self->cancellation);
    g_clear_pointer (&self->bytes, g_bytes_unref);
    g_clear_object (&self->fds);
    g_free (self->command);
    g_free (self);
}

void
qmp_call_complete (QmpCall *self, QmpReply *reply, GError *error)
{
    QmpCallEnd end = self->end;

    self->end = (QmpCallEnd){ 0 };
    qmp_source_clear (&self->deadline);
    qmp_source_clear (&self->cancellation);
    if (end.func) {
        end.func (reply, error, end.data);
        qmp_reply_free (reply);
        g_clear_error (&error);
        return;
    }
    if (reply)
        g_task_return_pointer (end.task, reply, (GDestroyNotify)qmp_reply_free);
    else
        g_task_return_error (end.task, error);
    g_object_unref (end.task);
}

gboolean
qmp_call_has_ended (const QmpCall *self)
{
    return !self->end.task && !self->end.func;
}

static gboolean
on_deadline (gpointer user_data)
{
    QmpCall *self = user_data;

    self->give_up (self, g_error_new (QMP_ERROR, QMP_ERROR_NO_REPLY,
                                      "%s: the peer did not reply within %u ms%s", self->command,
                                      self->timeout_ms,
                                      self->bytes ? " (it was busy with earlier commands)" : ""));
    return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
    QmpCall *self = user_data;

    self->give_up (self,
                   g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: cancelled", self->command));
    return G_SOURCE_REMOVE;
}

void
qmp_call_watch (QmpCall *self, const QmpCallEnd *end, gpointer owner, QmpCallGiveUp give_up)
{
    GCancellable *cancellable = end->task ? g_task_get_cancellable (end->task) : NULL;
    GMainContext *context =
        end->task ? g_task_get_context (end->task) : g_main_context_get_thread_default ();

    self->end = *end;
    if (end->task)
        g_object_ref (end->task);
    self->owner = owner;
    self->give_up = give_up;
    if (self->timeout_ms) {
        self->deadline = g_timeout_source_new (self->timeout_ms);
        g_source_set_callback (self->deadline, on_deadline, self, NULL);
        g_source_attach (self->deadline, context);
    }
    if (cancellable) {
        self->cancellation = g_cancellable_source_new (cancellable);
        g_source_set_callback (self->cancellation, G_SOURCE_FUNC (on_cancelled), self, NULL);
        g_source_attach (self->cancellation, context);
    }
}

/* QEMU answers malformed input with errors that name no command, so nothing malformed is sent. */
static gboolean
check_bytes (QmpCall *self, const char *arguments, gsize arguments_length, GError **error)
{
    g_autoptr (GError) problem = NULL;
    const QmpMember *member;
    QmpObject object;
    gsize length;
    const char *text = g_bytes_get_data (self->bytes, &length);

    if (!qmp_scan_object (text, length, QMP_SCAN_STRICT, &object, &problem)) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: the arguments are %s",
                     self->command, problem->message);
        return FALSE;
    }
    member = qmp_object_find (&object, "arguments");
    if (!arguments)
        return TRUE;
    self->arguments_at = member->value - text;
    self->arguments_length = member->value_length;
    if (*member->value == '{' && member->value_length == arguments_length)
        return TRUE;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "%s: the arguments are not one JSON object without space around it",
                 self->command);
    return FALSE;
}

/* The descriptors are duplicated: a call may wait, and the caller keeps his. */
static gboolean
copy_fds (QmpCall *self, const QmpCallOptions *options, GError **error)
{
    if (options->n_fds > MAX_FDS) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     "%s: %u descriptors are more than %d", self->command, options->n_fds, MAX_FDS);
        return FALSE;
    }
    self->barrier = options->n_fds > 0;
    self->fds = self->barrier ? g_unix_fd_list_new () : NULL;
    for (guint i = 0; i < options->n_fds; i++)
        if (g_unix_fd_list_append (self->fds, options->fds[i], error) < 0) {
            g_prefix_error (error, "%s: duplicating a descriptor: ", self->command);
            return FALSE;
        }
    return TRUE;
}

QmpCall *
qmp_call_new (guint64 id, const char *command, const char *arguments, gsize arguments_length,
              const QmpCallOptions *options, GError **error)
{
    g_autoptr (QmpCall) self = g_new0 (QmpCall, 1);

    self->id = id;
    self->command = g_strdup (command);
    self->oob = options->oob;
    self->timeout_ms = options->timeout_ms;
    self->origin = options->origin;
    self->bytes = qmp_command_build (command, arguments, arguments_length, options->oob, id);
    if (!check_bytes (self, arguments, arguments_length, error))
        return NULL;
    if (!copy_fds (self, options, error))
        return NULL;
    return g_steal_pointer (&self);
}

QmpReply *
qmp_reply_new (GBytes *bytes, const QmpMessage *message)
{
    QmpReply *reply = g_new0 (QmpReply, 1);

    reply->message = g_bytes_ref (bytes);
    if (message->kind == QMP_MESSAGE_ERROR) {
        reply->error = message->body;
        reply->error_length = message->body_length;
    } else {
        reply->value = message->body;
        reply->value_length = message->body_length;
    }
    return reply;
}

void
qmp_reply_free (QmpReply *reply)
{
    if (!reply)
        return;
    g_bytes_unref (reply->message);
    g_free (reply);
}

QmpReply *
qmp_call_make_reply (const QmpCall *self)
{
    char *text = g_strdup_printf ("{\"return\":{},\"id\":%" G_GUINT64_FORMAT "}", self->id);
    gsize length = strlen (text);
    g_autoptr (GBytes) bytes = g_bytes_new_take (text, length);
    QmpMessage message;

    qmp_message_read (text, length, &message, NULL);
    return qmp_reply_new (bytes, &message);
}
