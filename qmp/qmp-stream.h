/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Framing: bytes in, whole top-level objects out. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a peer can make us hold: one unfinished message of this size. */
#define QMP_STREAM_MAX_MESSAGE (64u << 20) /* as QEMU's own */

typedef struct QmpStream QmpStream;

typedef enum {
    QMP_STREAM_DEFAULT = 0,
    /* the peer is a guest agent behind a serial line: a byte 0xFF means that what came before it
     * belongs to nobody, and garbage is skipped until 0xFF or the end of its line */
    QMP_STREAM_RESYNC = 1 << 0,
} QmpStreamFlags;

/**
 * qmp_stream_new:
 * @max_message: the ceiling for one message in bytes; 0 = %QMP_STREAM_MAX_MESSAGE
 *
 * An object ends where its brackets do, so line ends mean nothing and a peer may print its
 * objects over many lines.
 */
QmpStream *qmp_stream_new (gsize max_message, QmpStreamFlags flags);
void qmp_stream_free (QmpStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpStream, qmp_stream_free)

/**
 * qmp_stream_push:
 *
 * Takes @length bytes as they came; they are copied.
 */
void qmp_stream_push (QmpStream *self, const char *bytes, gsize length);

/**
 * qmp_stream_next:
 * @message: (out) (transfer full) (nullable): the next object from brace to brace; %NULL when
 *   more bytes are needed.  Its inside is not validated yet
 *
 * Returns: %FALSE with %QMP_ERROR_PROTOCOL for bytes between objects that are no white space, or
 * %QMP_ERROR_TOO_LARGE for an object that is too long or nested too deep.  The stream is of no
 * use after that
 */
gboolean qmp_stream_next (QmpStream *self, GBytes **message, GError **error);

/**
 * qmp_stream_get_unfinished:
 *
 * Returns: how many bytes of an object that has not ended yet are held
 */
gsize qmp_stream_get_unfinished (const QmpStream *self);

G_END_DECLS
