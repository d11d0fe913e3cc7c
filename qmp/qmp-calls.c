/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns when a call is sent and whose a reply is: the queue, the window, and the barrier of calls
 * that carry descriptors.  A call by itself is qmp-call.c.
 *
 *   start ── queue ──► sent ──► reply ─────────────► complete ()
 *              │         └─ deadline, cancelled ──► complete (), the record stays
 *              └─────────── the same ─────────────► complete ()
 *
 * A call that ended before its reply stays in the table of sent ones until that reply, as the
 * peer is still busy with it: it counts in the window, and its reply is nobody else's.
 */
#include "qmp/qmp-calls.h"

#include <string.h>

#include "qmp/qmp-error.h"

/* QEMU queues eight commands and then stops reading, also out-of-band ones. */
#define WINDOW 8
/* What callers can make us hold, as a peer may never answer. */
#define MAX_CALLS 4096
#define MAX_COMMAND ((gsize)64 << 20) /* QEMU refuses longer ones */
#define MAX_QUEUED ((gsize)64 << 20)  /* bytes that were not written yet */

struct QmpCalls {
    guint64 last_id;
    QmpTransport *transport; /* not owned; NULL when there is none */
    gboolean oob;
    GQueue queue;     /* owned QmpCall *, in-band, not sent yet */
    GHashTable *sent; /* guint64 id → owned QmpCall * */
    guint n_in_band;  /* of those sent */
    QmpCall *barrier; /* the one sent that nothing may follow */
    guint n_waiting;
    gsize queued_bytes;
    QmpCallsTraffic traffic;
    gpointer traffic_data;
};

QmpCalls *
qmp_calls_new (QmpCallsTraffic traffic, gpointer user_data)
{
    QmpCalls *self = g_new0 (QmpCalls, 1);

    self->traffic = traffic;
    self->traffic_data = user_data;

    /* Six digits are enough to differ from the ids of the client before us, whose replies may
     * still come; each digit costs QEMU time. */
    self->last_id = (guint64)g_random_int_range (100000, 1000000);
    self->sent =
        g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)qmp_call_free);
    g_queue_init (&self->queue);
    return self;
}

void
qmp_calls_free (QmpCalls *self)
{
    g_autoptr (GError) gone =
        g_error_new_literal (QMP_ERROR, QMP_ERROR_CLOSED, "the connection was closed");

    self->transport = NULL; /* it went before */
    qmp_calls_end (self, gone, FALSE);
    g_hash_table_unref (self->sent);
    g_queue_clear_full (&self->queue, (GDestroyNotify)qmp_call_free);
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

/* Every call of ours ends here.  What is said of qmp_call_complete() holds. */
static void
complete (QmpCalls *self, QmpCall *call, QmpReply *reply, GError *error)
{
    self->n_waiting--;
    qmp_call_complete (call, reply, error);
}

static void
tell_sent (QmpCalls *self, const QmpCall *call)
{
    QmpTraffic traffic = { .kind = QMP_TRAFFIC_COMMAND,
                           .origin = call->origin,
                           .id = call->id,
                           .command = call->command,
                           .length = call->arguments_length,
                           .n_fds = call->fds ? g_unix_fd_list_get_length (call->fds) : 0,
                           .oob = call->oob };

    if (call->arguments_at)
        traffic.text = (const char *)g_bytes_get_data (call->bytes, NULL) + call->arguments_at;
    self->traffic (&traffic, self->traffic_data);
}

static void
tell_replied (QmpCalls *self, const QmpCall *call, const QmpMessage *message)
{
    QmpTraffic traffic = { .kind = QMP_TRAFFIC_REPLY,
                           .origin = call->origin,
                           .id = call->id,
                           .command = call->command,
                           .text = message->body,
                           .length = message->body_length,
                           .oob = call->oob,
                           .is_error = message->kind == QMP_MESSAGE_ERROR };

    self->traffic (&traffic, self->traffic_data);
}

static void
send_call (QmpCalls *self, QmpCall *call)
{
    tell_sent (self, call);
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
    QmpCall *call;

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
abandon_call (QmpCall *call, GError *error)
{
    QmpCalls *self = call->owner;
    gboolean was_queued = call->bytes != NULL;

    if (was_queued) {
        g_queue_remove (&self->queue, call);
        self->queued_bytes -= g_bytes_get_size (call->bytes);
        send_queued (self); /* what waited behind it */
    }
    complete (self, call, NULL, error);
    if (was_queued)
        qmp_call_free (call);
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
    else if (options->n_fds && !qmp_transport_passes_fds (self->transport))
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     "%s: descriptors pass through Unix sockets only", command);
    else
        return TRUE;
    return FALSE;
}

gboolean
qmp_calls_start (QmpCalls *self, const QmpCallEnd *end, const char *command, const char *arguments,
                 gsize arguments_length, const QmpCallOptions *options, GError **error)
{
    static const QmpCallOptions no_options = { 0 };
    QmpCall *call = NULL;

    if (!options)
        options = &no_options;
    if (check_options (self, command, options, error) &&
        check_room (self, command, arguments_length, error))
        call = qmp_call_new (qmp_calls_next_id (self), command, arguments, arguments_length,
                             options, error);
    if (!call)
        return FALSE;
    self->n_waiting++;
    qmp_call_watch (call, end, self, abandon_call);
    if (call->oob) {
        send_call (self, call);
        return TRUE;
    }
    g_queue_push_tail (&self->queue, call);
    self->queued_bytes += g_bytes_get_size (call->bytes);
    send_queued (self);
    return TRUE;
}

/* An error without an id means that the peer's parser refused something of ours.  It can be
 * given to a call when there is only one that it can be about. */
static QmpCall *
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
    QmpCall *call;

    call =
        message->id ? g_hash_table_lookup (self->sent, &id) : find_call_without_id (self, message);
    if (!call)
        return QMP_REPLY_UNKNOWN;
    g_hash_table_steal (self->sent, &call->id);
    if (!call->oob)
        self->n_in_band--;
    if (self->barrier == call)
        self->barrier = NULL;
    tell_replied (self, call, message);
    send_queued (self);
    if (!qmp_call_has_ended (call)) {
        fate = QMP_REPLY_WANTED;
        complete (self, call, qmp_reply_new (bytes, message), NULL);
    }
    qmp_call_free (call);
    return fate;
}

void
qmp_calls_open (QmpCalls *self, QmpTransport *transport, gboolean oob)
{
    self->transport = transport;
    self->oob = oob;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
    const QmpCall *one = *(QmpCall *const *)a, *two = *(QmpCall *const *)b;

    return one->id < two->id ? -1 : one->id > two->id;
}

void
qmp_calls_end (QmpCalls *self, const GError *reason, gboolean peer_left)
{
    g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify)qmp_call_free);
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
        QmpCall *ended = calls->pdata[i];
        gboolean was_sent =
            !ended->bytes && transport && qmp_transport_has_written (transport, ended->end_place);

        if (qmp_call_has_ended (ended))
            continue;
        if (peer_left && was_sent && strcmp (ended->command, "quit") == 0)
            complete (self, ended, qmp_call_make_reply (ended), NULL);
        else
            complete (self, ended, NULL, g_error_copy (reason));
    }
}
