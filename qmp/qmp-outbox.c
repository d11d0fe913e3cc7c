/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the bytes between a reply and the socket.  The ceiling is the session's business. */
#include "qmp/qmp-outbox.h"

#define CHUNK_SIZE (32u << 10) /* lines are put together up to here, so that they go out at once   \
                                */

static void
free_chunk (gpointer data)
{
    g_string_free (data, TRUE);
}

void
qmp_outbox_clear (QmpOutbox *self)
{
    g_queue_clear_full (&self->chunks, free_chunk);
    self->written = self->length = 0;
}

void
qmp_outbox_push (QmpOutbox *self, GString *line)
{
    GString *last = g_queue_peek_tail (&self->chunks);

    self->length += line->len;
    if (last && last->len + line->len <= CHUNK_SIZE) {
        g_string_append_len (last, line->str, line->len);
        g_string_free (line, TRUE);
    } else {
        g_queue_push_tail (&self->chunks, line);
    }
}

gssize
qmp_outbox_flush (QmpOutbox *self, GSocket *socket, GError **error)
{
    gssize total = 0;

    while (self->length > 0) {
        GString *first = g_queue_peek_head (&self->chunks);
        g_autoptr (GError) failed = NULL;
        gssize sent = g_socket_send (socket, first->str + self->written, first->len - self->written,
                                     NULL, &failed);

        if (sent < 0) {
            if (g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
                break;
            g_propagate_error (error, g_steal_pointer (&failed));
            return -1;
        }
        total += sent;
        self->length -= sent;
        self->written += sent;
        if (self->written == first->len) {
            g_string_free (g_queue_pop_head (&self->chunks), TRUE);
            self->written = 0;
        }
    }
    return total;
}
