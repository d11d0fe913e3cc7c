/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the ring in which frames wait for a slow machine. */
#include "switch/queue.h"

#include <string.h>

void
frame_queue_clear (FrameQueue *queue)
{
    g_free (queue->bytes);
    *queue = (FrameQueue){ 0 };
}

static void
copy_in (FrameQueue *queue, const guint8 *bytes, guint length)
{
    guint at = (queue->start + queue->used) % QUEUE_MAX_BYTES;
    guint first = MIN (length, QUEUE_MAX_BYTES - at);

    memcpy (queue->bytes + at, bytes, first);
    memcpy (queue->bytes, bytes + first, length - first);
    queue->used += length;
}

gboolean
frame_queue_push (FrameQueue *queue, const struct iovec *parts, guint n_parts)
{
    gsize length = 0;

    for (guint i = 0; i < n_parts; i++)
        length += parts[i].iov_len;
    if (queue->n_frames == QUEUE_MAX_FRAMES || length > QUEUE_MAX_BYTES - queue->used)
        return FALSE;
    if (!queue->bytes)
        queue->bytes = g_malloc (QUEUE_MAX_BYTES);
    for (guint i = 0; i < n_parts; i++)
        copy_in (queue, parts[i].iov_base, parts[i].iov_len);
    queue->lengths[(queue->first + queue->n_frames) % QUEUE_MAX_FRAMES] = length;
    queue->n_frames++;
    return TRUE;
}

guint
frame_queue_peek (const FrameQueue *queue, struct iovec (*ret)[2], guint max)
{
    guint n = MIN (max, queue->n_frames);
    guint at = queue->start;

    for (guint i = 0; i < n; i++) {
        guint length = queue->lengths[(queue->first + i) % QUEUE_MAX_FRAMES];
        guint first = MIN (length, QUEUE_MAX_BYTES - at);

        ret[i][0] = (struct iovec){ queue->bytes + at, first };
        ret[i][1] = (struct iovec){ queue->bytes, length - first };
        at = (at + length) % QUEUE_MAX_BYTES;
    }
    return n;
}

void
frame_queue_pop (FrameQueue *queue, guint n)
{
    g_assert (n <= queue->n_frames);
    for (guint i = 0; i < n; i++) {
        guint length = queue->lengths[queue->first];

        queue->start = (queue->start + length) % QUEUE_MAX_BYTES;
        queue->used -= length;
        queue->first = (queue->first + 1) % QUEUE_MAX_FRAMES;
    }
    queue->n_frames -= n;
    /* Beginning again at the front touches no more of the ring than it holds. */
    if (queue->n_frames == 0)
        queue->start = 0;
}
