/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns what happens to a call between its start and its one end: the queue, the window, the
 * barrier of calls that carry descriptors, deadline and cancellation.
 *
 *   start ── queue ──► sent ──► reply ─────────────► complete_call()
 *              │         └─ deadline, cancelled ──► complete_call(), the record stays
 *              └─────────── the same ─────────────► complete_call()
 *
 * A call that ended before its reply stays in the table of sent ones until that reply, as the
 * peer is still busy with it: it counts in the window, and its reply is nobody else's.
 */
#include "qmp/qmp-call.h"

#include <string.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"

/* QEMU queues eight commands and then stops reading, also out-of-band ones. */
#define WINDOW 8
/* What callers can make us hold, as a peer may never answer. */
#define MAX_CALLS 4096
#define MAX_COMMAND ((gsize)64 << 20) /* QEMU refuses longer ones */
#define MAX_QUEUED ((gsize)64 << 20)  /* bytes that were not written yet */
#define MAX_FDS 16                    /* QEMU uses the first one */

typedef struct {
    QmpCalls *owner;
    guint64 id;
    char *command;
    GBytes *bytes;    /* until it is sent */
    GUnixFDList *fds; /* the same; nullable */
    gboolean barrier; /* carries descriptors */
    gboolean oob;
    guint64 end_place; /* of its bytes in the output */
    GTask *task;       /* NULL when the call has ended */
    guint timeout_ms;
    GSource *deadline;
    GSource *cancellation;
} Call;

struct QmpCalls {
    guint64 last_id;
    QmpTransport *transport; /* not owned; NULL when there is none */
    gboolean oob;
    GQueue queue;     /* owned Call *, in-band, not sent yet */
    GHashTable *sent; /* guint64 id → owned Call * */
    guint n_in_band;  /* of those sent */
    Call *barrier;    /* the one sent that nothing may follow */
    guint n_waiting;
    gsize queued_bytes;
};

static void
clear_source (GSource **source)
{
    if (!*source)
        return;
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
}

static void
call_free (Call *call)
{
    clear_source (&call->deadline);
    clear_source (&call->cancellation);
    g_clear_pointer (&call->bytes, g_bytes_unref);
    g_clear_object (&call->fds);
    g_free (call->command);
    g_free (call);
}

QmpCalls *
qmp_calls_new (void)
{
    QmpCalls *self = g_new0 (QmpCalls, 1);

    /* Six digits are enough to differ from the ids of the client before us, whose replies may
     * still come; each digit costs QEMU time. */
    self->last_id = (guint64)g_random_int_range (100000, 1000000);
    self->sent =
        g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)call_free);
    g_queue_init (&self->queue);
    return self;
}

void
qmp_calls_free (QmpCalls *self)
{
    g_hash_table_unref (self->sent);
    g_queue_clear_full (&self->queue, (GDestroyNotify)call_free);
    g_free (self);
}

guint64
qmp_calls_next_id (QmpCalls *self)
{
    return ++self->last_id;
}

guint
qmp_calls_get_n_waiting (const QmpCalls *self)
{
    return self->n_waiting;
}

/* The one place where a call ends, with @reply or @error (transfer full).  Its callback may run
 * here and free the client: touch nothing of it afterwards unless you hold it. */
static void
complete_call (Call *call, QmpReply *reply, GError *error)
{
    GTask *task = g_steal_pointer (&call->task);

    clear_source (&call->deadline);
    clear_source (&call->cancellation);
    call->owner->n_waiting--;
    if (reply)
        g_task_return_pointer (task, reply, (GDestroyNotify)qmp_reply_free);
    else
        g_task_return_error (task, error);
    g_object_unref (task);
}

static void
send_call (QmpCalls *self, Call *call)
{
    call->end_place = qmp_transport_send (self->transport, call->bytes, call->fds);
    g_clear_pointer (&call->bytes, g_bytes_unref);
    g_clear_object (&call->fds);
    g_hash_table_insert (self->sent, &call->id, call);
    if (!call->oob)
        self->n_in_band++;
    if (call->barrier)
        self->barrier = call;
}

/* Sends what may be sent.  QEMU gives a command the descriptors that came last, and with
 * out-of-band on it reads ahead: so one that carries some is alone from its first byte until its
 * reply.  Out-of-band calls, which can carry none, do not wait here: they are what frees a QEMU
 * that hangs, and cannot displace a descriptor. */
static void
send_queued (QmpCalls *self)
{
    Call *call;

    while (self->transport && (call = g_queue_peek_head (&self->queue))) {
        if (self->barrier || self->n_in_band >= WINDOW)
            return;
        if (call->barrier && g_hash_table_size (self->sent) > 0)
            return;
        g_queue_pop_head (&self->queue);
        self->queued_bytes -= g_bytes_get_size (call->bytes);
        send_call (self, call);
    }
}

/* Ends a call whose reply has not come. */
static void
abandon_call (Call *call, GError *error)
{
    QmpCalls *self = call->owner;
    gboolean was_queued = call->bytes != NULL;

    if (was_queued) {
        g_queue_remove (&self->queue, call);
        self->queued_bytes -= g_bytes_get_size (call->bytes);
        send_queued (self); /* what waited behind it */
    }
    complete_call (call, NULL, error);
    if (was_queued)
        call_free (call);
}

static gboolean
on_deadline (gpointer user_data)
{
    Call *call = user_data;

    abandon_call (call, g_error_new (QMP_ERROR, QMP_ERROR_NO_REPLY,
                                     "%s: the peer did not reply within %u ms%s", call->command,
                                     call->timeout_ms,
                                     call->bytes ? " (it was busy with earlier commands)" : ""));
    return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
    Call *call = user_data;

    abandon_call (call,
                  g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: cancelled", call->command));
    return G_SOURCE_REMOVE;
}

static void
watch_call (Call *call)
{
    GCancellable *cancellable = g_task_get_cancellable (call->task);
    GMainContext *context = g_task_get_context (call->task);

    if (call->timeout_ms) {
        call->deadline = g_timeout_source_new (call->timeout_ms);
        g_source_set_callback (call->deadline, on_deadline, call, NULL);
        g_source_attach (call->deadline, context);
    }
    if (cancellable) {
        call->cancellation = g_cancellable_source_new (cancellable);
        g_source_set_callback (call->cancellation, G_SOURCE_FUNC (on_cancelled), call, NULL);
        g_source_attach (call->cancellation, context);
    }
}

/* QEMU answers malformed input with errors that name no command, so nothing malformed is sent. */
static gboolean
check_command (GBytes *bytes, const char *command, gsize arguments_length, gboolean has_arguments,
               GError **error)
{
    g_autoptr (GError) problem = NULL;
    const QmpMember *arguments;
    QmpObject object;
    gsize length;
    const char *text = g_bytes_get_data (bytes, &length);

    if (!qmp_scan_object (text, length, QMP_SCAN_STRICT, &object, &problem)) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: the arguments are %s",
                     command, problem->message);
        return FALSE;
    }
    arguments = qmp_object_find (&object, "arguments");
    if (!has_arguments || (*arguments->value == '{' && arguments->value_length == arguments_length))
        return TRUE;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "%s: the arguments are not one JSON object without space around it", command);
    return FALSE;
}

static gboolean
check_room (QmpCalls *self, const char *command, gsize size, GError **error)
{
    gsize queued = self->queued_bytes + qmp_transport_get_queued (self->transport);

    if (size > MAX_COMMAND)
        g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                     "%s: a command of %" G_GSIZE_FORMAT " bytes is more than a peer takes",
                     command, size);
    else if (queued > 0 && queued + size > MAX_QUEUED)
        g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                     "%s: %" G_GSIZE_FORMAT " bytes wait for the peer already", command, queued);
    else if (g_hash_table_size (self->sent) + self->queue.length >= MAX_CALLS)
        g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                     "%s: %d commands wait for the peer already", command, MAX_CALLS);
    else
        return TRUE;
    return FALSE;
}

static gboolean
check_options (QmpCalls *self, const char *command, const QmpCallOptions *options, GError **error)
{
    if (!self->transport)
        g_set_error (error, QMP_ERROR, QMP_ERROR_CLOSED, "%s: not connected", command);
    else if (options->oob && !self->oob)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     "%s: out-of-band commands were not negotiated", command);
    else if (options->oob && options->n_fds)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     "%s: an out-of-band command carries no descriptors", command);
    else if (options->n_fds > MAX_FDS)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     "%s: %u descriptors are more than %d", command, options->n_fds, MAX_FDS);
    else if (options->n_fds && !qmp_transport_passes_fds (self->transport))
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     "%s: descriptors pass through Unix sockets only", command);
    else
        return TRUE;
    return FALSE;
}

/* The descriptors are duplicated: a call may wait, and the caller keeps his. */
static GUnixFDList *
copy_fds (const QmpCallOptions *options, GError **error)
{
    g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();

    for (guint i = 0; i < options->n_fds; i++)
        if (g_unix_fd_list_append (list, options->fds[i], error) < 0)
            return NULL;
    return g_steal_pointer (&list);
}

static Call *
call_new (QmpCalls *self, const char *command, const char *arguments, gsize arguments_length,
          const QmpCallOptions *options, GError **error)
{
    g_autoptr (GUnixFDList) fds = NULL;
    g_autoptr (GBytes) bytes = NULL;
    guint64 id;
    Call *call;

    if (!check_options (self, command, options, error))
        return NULL;
    if (options->n_fds && !(fds = copy_fds (options, error))) {
        g_prefix_error (error, "%s: duplicating the descriptors: ", command);
        return NULL;
    }
    if (!check_room (self, command, arguments_length, error))
        return NULL;
    id = qmp_calls_next_id (self);
    bytes = qmp_command_build (command, arguments, arguments_length, options->oob, id);
    if (!check_command (bytes, command, arguments_length, arguments != NULL, error))
        return NULL;
    call = g_new0 (Call, 1);
    call->owner = self;
    call->id = id;
    call->command = g_strdup (command);
    call->bytes = g_steal_pointer (&bytes);
    call->barrier = fds != NULL;
    call->fds = g_steal_pointer (&fds);
    call->oob = options->oob;
    call->timeout_ms = options->timeout_ms;
    return call;
}

void
qmp_calls_start (QmpCalls *self, GTask *task, const char *command, const char *arguments,
                 gsize arguments_length, const QmpCallOptions *options)
{
    static const QmpCallOptions no_options = { 0 };
    GError *error = NULL;
    Call *call;

    if (g_task_return_error_if_cancelled (task)) {
        g_object_unref (task);
        return;
    }
    call = call_new (self, command, arguments, arguments_length, options ? options : &no_options,
                     &error);
    if (!call) {
        g_task_return_error (task, error);
        g_object_unref (task);
        return;
    }
    call->task = task;
    self->n_waiting++;
    watch_call (call);
    if (call->oob) {
        send_call (self, call);
        return;
    }
    g_queue_push_tail (&self->queue, call);
    self->queued_bytes += g_bytes_get_size (call->bytes);
    send_queued (self);
}

static QmpReply *
reply_new (GBytes *bytes, const QmpMessage *message)
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

/* An error without an id means that the peer's parser refused something of ours.  It can be
 * given to a call when there is only one that it can be about. */
static Call *
find_call_without_id (QmpCalls *self, const QmpMessage *message)
{
    GHashTableIter iter;
    gpointer call = NULL;

    if (message->kind != QMP_MESSAGE_ERROR || self->oob || g_hash_table_size (self->sent) != 1)
        return NULL;
    g_hash_table_iter_init (&iter, self->sent);
    g_hash_table_iter_next (&iter, NULL, &call);
    return call;
}

QmpReplyFate
qmp_calls_reply (QmpCalls *self, GBytes *bytes, const QmpMessage *message)
{
    guint64 id = qmp_message_get_id (message);
    QmpReplyFate fate = QMP_REPLY_LATE;
    Call *call;

    call =
        message->id ? g_hash_table_lookup (self->sent, &id) : find_call_without_id (self, message);
    if (!call)
        return QMP_REPLY_UNKNOWN;
    g_hash_table_steal (self->sent, &call->id);
    if (!call->oob)
        self->n_in_band--;
    if (self->barrier == call)
        self->barrier = NULL;
    send_queued (self);
    if (call->task) {
        fate = QMP_REPLY_WANTED;
        complete_call (call, reply_new (bytes, message), NULL);
    }
    call_free (call);
    return fate;
}

void
qmp_calls_open (QmpCalls *self, QmpTransport *transport, gboolean oob)
{
    self->transport = transport;
    self->oob = oob;
}

/* QEMU leaves before, while or after it answers this one. */
static QmpReply *
reply_to_quit (const Call *call)
{
    g_autofree char *text =
        g_strdup_printf ("{\"return\":{},\"id\":%" G_GUINT64_FORMAT "}", call->id);
    gsize length = strlen (text);
    g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&text), length);
    QmpMessage message;

    qmp_message_read (g_bytes_get_data (bytes, NULL), length, &message, NULL);
    return reply_new (bytes, &message);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
    const Call *one = *(Call *const *)a, *two = *(Call *const *)b;

    return one->id < two->id ? -1 : one->id > two->id;
}

void
qmp_calls_end (QmpCalls *self, const GError *reason, gboolean peer_left)
{
    g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify)call_free);
    QmpTransport *transport = g_steal_pointer (&self->transport);
    GHashTableIter iter;
    gpointer call;

    g_hash_table_iter_init (&iter, self->sent);
    while (g_hash_table_iter_next (&iter, NULL, &call)) {
        g_hash_table_iter_steal (&iter);
        g_ptr_array_add (calls, call);
    }
    while ((call = g_queue_pop_head (&self->queue)))
        g_ptr_array_add (calls, call);
    g_ptr_array_sort (calls, compare_ids);
    self->n_in_band = 0;
    self->barrier = NULL;
    self->queued_bytes = 0;
    for (guint i = 0; i < calls->len; i++) {
        Call *ended = calls->pdata[i];
        gboolean was_sent =
            !ended->bytes && transport && qmp_transport_has_written (transport, ended->end_place);

        if (!ended->task)
            continue;
        if (peer_left && was_sent && strcmp (ended->command, "quit") == 0)
            complete_call (ended, reply_to_quit (ended), NULL);
        else
            complete_call (ended, NULL, g_error_copy (reason));
    }
}
