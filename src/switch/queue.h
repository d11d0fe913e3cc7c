/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bounded queue of frames in one block of memory.  Pure. */
#pragma once

#include <glib.h>
#include <sys/uio.h>

/* Limits for frames that wait for one slow machine.  The kernel holds only ten
 * datagrams (net.unix.max_dgram_qlen), so a burst needs this; what is beyond is
 * dropped. */
#define QUEUE_MAX_FRAMES 256
#define QUEUE_MAX_BYTES (1024 * 1024)

typedef struct {
    guint8 *bytes; /* a ring of QUEUE_MAX_BYTES, NULL until first needed */
    guint start;   /* of the oldest frame in the ring */
    guint used;
    guint first; /* index of the oldest frame's length */
    guint n_frames;
    guint lengths[QUEUE_MAX_FRAMES];
} FrameQueue;

void frame_queue_clear (FrameQueue *queue);

/**
 * frame_queue_push:
 * @parts: the pieces of one frame, copied
 *
 * Returns: %FALSE when the frame would pass a limit; nothing is queued then
 */
gboolean frame_queue_push (FrameQueue *queue, const struct iovec *parts, guint n_parts);

/**
 * frame_queue_peek:
 * @max: how many frames at most
 * @ret: where the oldest frames lie, the oldest first: one piece, or two when
 *   the frame crosses the end of the ring (else the second is empty); valid
 *   until the next push or pop
 *
 * Returns: how many frames
 */
guint frame_queue_peek (const FrameQueue *queue, struct iovec (*ret)[2], guint max);

/**
 * frame_queue_pop:
 *
 * Forgets the @n oldest frames.
 */
void frame_queue_pop (FrameQueue *queue, guint n);
