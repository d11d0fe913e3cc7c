/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns what a client gets, and in which order: replies of the owner as they come, answers given
 * here after the commands before them.  Owns the ceiling of what waits for a slow client. */
#include <string.h>

#include "qmp/qmp-request.h"
#include "qmp/qmp-session-private.h"
#include "qmp/qmp-writer.h"

static void
free_turn (gpointer data)
{
    QmpTurn *turn = data;

    if (turn->line)
        g_string_free (turn->line, TRUE);
    g_free (turn);
}

/* Requests outlive their session: they forget it. */
void
qmp_session_detach_requests (QmpSession *self)
{
    GHashTableIter iter;
    gpointer pending;

    g_hash_table_iter_init (&iter, self->pending);
    while (g_hash_table_iter_next (&iter, &pending, NULL)) {
        ((QmpPending *)pending)->session = NULL;
        ((QmpPending *)pending)->turn = NULL;
    }
    g_hash_table_remove_all (self->pending);
    g_queue_clear_full (&self->turns, free_turn);
}

void
qmp_session_flush (QmpSession *self)
{
    GError *error = NULL;
    gssize n;

    if (self->state >= QMP_SESSION_ENDED)
        return;
    n = qmp_outbox_flush (&self->outbox, self->socket, &error);
    if (n < 0)
        qmp_session_end_failed (self, error, "writing");
    else
        self->stats.bytes_out += n;
}

/* A message alone is always taken, however long, so that a client that reads gets every reply. */
void
qmp_session_push (QmpSession *self, GString *line)
{
    if (self->state >= QMP_SESSION_ENDED) {
        g_string_free (line, TRUE);
        return;
    }
    if (self->outbox.length > 0 && self->outbox.length + line->len > QMP_SESSION_QUEUE_MAX)
        qmp_session_flush (self);
    if (self->outbox.length > 0 && self->outbox.length + line->len > QMP_SESSION_QUEUE_MAX) {
        gsize queued = self->outbox.length;

        g_string_free (line, TRUE);
        qmp_session_end (
            self, g_error_new (G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                               "QMP client: dropped, because it does not read: %" G_GSIZE_FORMAT
                               " bytes wait for it (limit: %u)",
                               queued, QMP_SESSION_QUEUE_MAX));
        return;
    }
    qmp_outbox_push (&self->outbox, line);
}

/* Sends the answers that no command of the owner's is before. */
static void
settle (QmpSession *self)
{
    QmpTurn *turn;

    while ((turn = g_queue_peek_head (&self->turns)) && turn->line) {
        qmp_session_push (self, g_steal_pointer (&turn->line));
        if (self->state >= QMP_SESSION_ENDED)
            return;
        free_turn (g_queue_pop_head (&self->turns));
    }
}

/* An answer given here. @oob: it does not wait for its turn */
void
qmp_session_answer (QmpSession *self, GString *line, gboolean oob)
{
    QmpTurn *turn;

    if (oob || g_queue_is_empty (&self->turns)) {
        qmp_session_push (self, line);
        return;
    }
    turn = g_new0 (QmpTurn, 1);
    turn->line = line;
    g_queue_push_tail (&self->turns, turn);
}

void
qmp_session_hand_over (QmpSession *self, QmpRequest *request)
{
    QmpPending *pending = g_new0 (QmpPending, 1);

    pending->request = *request;
    *request = (QmpRequest){ 0 };
    pending->session = self;
    pending->size = pending->request.arguments ? strlen (pending->request.arguments) : 0;
    self->pending_size += pending->size;
    if (!pending->request.oob) {
        g_queue_push_tail (&self->turns, g_new0 (QmpTurn, 1));
        pending->turn = self->turns.tail;
    }
    g_hash_table_add (self->pending, pending);
    self->handlers.request (self, &pending->request, self->user_data);
}

/* Takes the request out of its session.  Returns: the session, NULL when it has ended */
static QmpSession *
take_out (QmpRequest *request)
{
    QmpPending *pending = (QmpPending *)request;
    QmpSession *self = g_steal_pointer (&pending->session);

    if (!self)
        return NULL;
    g_hash_table_remove (self->pending, pending);
    self->pending_size -= pending->size;
    if (pending->turn) {
        free_turn (pending->turn->data);
        g_queue_delete_link (&self->turns, g_steal_pointer (&pending->turn));
    }
    return self;
}

static void
free_request (QmpRequest *request)
{
    qmp_request_clear (request);
    g_free (request);
}

/* @line: (transfer full): the reply to @request */
static void
reply (QmpRequest *request, GString *line)
{
    QmpSession *self = take_out (request);

    if (self) {
        self->stats.replies++;
        qmp_session_push (self, line);
        settle (self);
        qmp_session_update (self);
    } else {
        g_string_free (line, TRUE);
    }
    free_request (request);
}

void
qmp_request_free (QmpRequest *request)
{
    QmpSession *self;

    if (!request)
        return;
    self = take_out (request);
    if (self) {
        settle (self);
        qmp_session_update (self);
    }
    free_request (request);
}

void
qmp_session_return (QmpSession *self, QmpRequest *request, JsonNode *value)
{
    g_autoptr (GString) json = g_string_new (NULL);

    qmp_writer_node (json, value);
    reply (request, qmp_writer_return (json->str, json->len, request->id));
}

void
qmp_session_return_bytes (QmpSession *self, QmpRequest *request, const char *value, gsize length)
{
    reply (request, qmp_writer_return (value, length, request->id));
}

void
qmp_session_error_bytes (QmpSession *self, QmpRequest *request, const char *error, gsize length)
{
    reply (request, qmp_writer_error_bytes (error, length, request->id));
}

void
qmp_session_error (QmpSession *self, QmpRequest *request, const char *error_class,
                   const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list values;

    va_start (values, format);
    text = g_strdup_vprintf (format, values);
    va_end (values);
    reply (request, qmp_writer_error (error_class, text, request->id));
}

/* Returns: whether it was taken */
static gboolean
push_event (QmpSession *self, const char *event, gsize length)
{
    if (!self->ready || self->state != QMP_SESSION_OPEN)
        return FALSE;
    self->stats.events++;
    qmp_session_push (self, qmp_writer_line (event, length));
    return TRUE;
}

void
qmp_session_send_event (QmpSession *self, const char *event, gsize length)
{
    if (push_event (self, event, length))
        qmp_session_update (self);
}

void
qmp_session_queue_event (QmpSession *self, const char *event, gsize length)
{
    if (push_event (self, event, length))
        qmp_session_update_soon (self);
}
