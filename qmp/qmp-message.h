/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What QMP messages say: commands as bytes, and messages of a peer as slices. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    QMP_MESSAGE_GREETING,
    QMP_MESSAGE_RETURN,
    QMP_MESSAGE_ERROR,
    QMP_MESSAGE_EVENT,
} QmpMessageKind;

/* A message of a peer; all slices point into its text. */
typedef struct {
    QmpMessageKind kind;
    const char *id; /* as the peer wrote it; NULL when there is none */
    gsize id_length;
    const char *body; /* the QMP, return, error or event member */
    gsize body_length;
    const char *data; /* events: the data member; NULL when there is none */
    gsize data_length;
    gint64 seconds; /* events: the timestamp; -1 = not known */
    gint64 microseconds;
} QmpMessage;

/**
 * qmp_message_read:
 * @text: one object of a peer
 *
 * Validates @text and tells what it is.  Members that are not known are ignored, their order
 * means nothing.
 *
 * Returns: %FALSE with %QMP_ERROR_PROTOCOL or %QMP_ERROR_TOO_LARGE when it is not exactly one of
 * greeting, reply and event
 */
gboolean qmp_message_read (const char *text, gsize length, QmpMessage *message, GError **error);

/**
 * qmp_message_get_id:
 *
 * Returns: the id when it is a number as this library makes them, otherwise 0
 */
guint64 qmp_message_get_id (const QmpMessage *message);

/**
 * qmp_message_offers:
 * @message: a greeting
 *
 * Returns: whether it lists @capability
 */
gboolean qmp_message_offers (const QmpMessage *message, const char *capability);

/**
 * qmp_command_build:
 * @command: its name, as plain text
 * @arguments: (nullable): an object as JSON, sent as it is
 * @oob: out-of-band
 * @id: 0 = none
 *
 * QEMU reads its monitor byte by byte, so there is no byte in a command that need not be there.
 *
 * Returns: (transfer full): the command
 */
GBytes *qmp_command_build (const char *command, const char *arguments, gsize arguments_length,
                           gboolean oob, guint64 id);

/**
 * qmp_json_append_string:
 * @length: -1 when @text ends with a NUL
 *
 * Appends @text to @out as a JSON string with its quotes.  Bytes that are no UTF-8 become U+FFFD.
 */
void qmp_json_append_string (GString *out, const char *text, gssize length);

G_END_DECLS
