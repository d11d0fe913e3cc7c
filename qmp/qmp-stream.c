/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the cutting of a byte stream into objects, by counting brackets outside strings.  It does
 * no I/O and does not look at what is in an object beyond that: qmp-scan.c does. */
#include "qmp/qmp-stream.h"

#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"

/* A buffer that grew beyond this for one long message is given back after it. */
#define KEEP_BUFFER 8192

#define RESYNC_BYTE 0xff

struct QmpStream {
    gsize max_message;
    QmpStreamFlags flags;
    GByteArray *buffer;
    gsize begin; /* where the current object or the space before it starts */
    gsize next;  /* the first byte that was not looked at */
    guint depth;
    gboolean in_string;
    gboolean escaped;
    gboolean in_garbage;
};

/* Bytes that matter while counting brackets. */
enum { OTHER, QUOTE, BACKSLASH, OPEN, CLOSE, RESYNC };

static const guint8 byte_class[256] = {
    ['"'] = QUOTE, ['\\'] = BACKSLASH, ['{'] = OPEN,           ['['] = OPEN,
    ['}'] = CLOSE, [']'] = CLOSE,      [RESYNC_BYTE] = RESYNC,
};

QmpStream *
qmp_stream_new (gsize max_message, QmpStreamFlags flags)
{
    QmpStream *self = g_new0 (QmpStream, 1);

    self->max_message = max_message ? max_message : QMP_STREAM_MAX_MESSAGE;
    self->flags = flags;
    return self;
}

void
qmp_stream_free (QmpStream *self)
{
    if (!self)
        return;
    g_clear_pointer (&self->buffer, g_byte_array_unref);
    g_free (self);
}

/* Forgets the bytes before @begin. */
static void
compact (QmpStream *self)
{
    if (!self->buffer || self->begin == 0)
        return;
    if (self->begin == self->buffer->len && self->buffer->len > KEEP_BUFFER)
        g_clear_pointer (&self->buffer, g_byte_array_unref);
    else
        g_byte_array_remove_range (self->buffer, 0, (guint)self->begin);
    self->next -= self->begin;
    self->begin = 0;
}

void
qmp_stream_push (QmpStream *self, const char *bytes, gsize length)
{
    compact (self);
    if (!self->buffer)
        self->buffer = g_byte_array_new ();
    g_byte_array_append (self->buffer, (const guint8 *)bytes, (guint)length);
}

static void
forget_object (QmpStream *self)
{
    self->begin = self->next;
    self->depth = 0;
    self->in_string = FALSE;
    self->escaped = FALSE;
}

static gboolean
refuse_garbage (const QmpStream *self, GError **error)
{
    guint8 byte = self->buffer->data[self->next];
    const char *remedy = "is this a QMP socket?";

    if (g_ascii_isprint (byte))
        g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                     "the peer sent '%c' where an object should begin: %s", byte, remedy);
    else
        g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                     "the peer sent byte 0x%02x where an object should begin: %s", byte, remedy);
    return FALSE;
}

/* Steps over what may stand between objects.  Sets *@found when it stops at an object. */
static gboolean
skip_between (QmpStream *self, gboolean *found, GError **error)
{
    *found = FALSE;
    for (; self->next < self->buffer->len; self->next++) {
        guint8 byte = self->buffer->data[self->next];

        if (byte == RESYNC_BYTE || byte == '\n')
            self->in_garbage = FALSE;
        if (self->in_garbage || byte == RESYNC_BYTE || byte == ' ' || byte == '\t' ||
            byte == '\r' || byte == '\n')
            continue;
        if (byte == '{') {
            self->begin = self->next;
            *found = TRUE;
            return TRUE;
        }
        if (!(self->flags & QMP_STREAM_RESYNC))
            return refuse_garbage (self, error);
        self->in_garbage = TRUE;
    }
    self->begin = self->next;
    return TRUE;
}

/* Steps over the inside of a string, as far as it has come. */
static void
skip_string (QmpStream *self)
{
    const guint8 *data = self->buffer->data;
    gsize end = self->buffer->len;

    while (self->next < end) {
        guint8 byte = data[self->next];

        if (byte == RESYNC_BYTE && self->flags & QMP_STREAM_RESYNC)
            return;
        self->next++;
        if (self->escaped) {
            self->escaped = FALSE;
        } else if (byte == '\\') {
            self->escaped = TRUE;
        } else if (byte == '"') {
            self->in_string = FALSE;
            return;
        }
    }
}

/* Goes on within an object, until its end (@depth is 0 then), the end of the bytes, or a byte
 * that cancels it. */
static gboolean
skip_object (QmpStream *self, GError **error)
{
    const guint8 *data = self->buffer->data;
    gsize end = self->buffer->len;

    while (self->next < end) {
        guint8 kind;

        if (self->in_string)
            skip_string (self);
        if (self->next == end)
            break;
        if (self->in_string) { /* stopped by the byte that cancels */
            forget_object (self);
            return TRUE;
        }
        kind = byte_class[data[self->next]];
        if (kind == RESYNC && self->flags & QMP_STREAM_RESYNC) {
            forget_object (self);
            return TRUE;
        }
        self->next++;
        if (kind == QUOTE)
            self->in_string = TRUE;
        else if (kind == OPEN && ++self->depth > QMP_SCAN_MAX_DEPTH)
            return g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                                "the peer sent a message nested deeper than %d",
                                QMP_SCAN_MAX_DEPTH),
                   FALSE;
        else if (kind == CLOSE && --self->depth == 0)
            return TRUE;
    }
    return TRUE;
}

gboolean
qmp_stream_next (QmpStream *self, GBytes **message, GError **error)
{
    gboolean found = TRUE;

    *message = NULL;
    while (self->buffer && self->next < self->buffer->len) {
        if (self->depth == 0 && !skip_between (self, &found, error))
            return FALSE;
        if (!found)
            break;
        if (!skip_object (self, error))
            return FALSE;
        if (self->next - self->begin > self->max_message) {
            g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                         "the peer sent a message of more than %" G_GSIZE_FORMAT " bytes",
                         self->max_message);
            return FALSE;
        }
        if (self->depth == 0 && self->next > self->begin) {
            *message = g_bytes_new (self->buffer->data + self->begin, self->next - self->begin);
            self->begin = self->next;
            return TRUE;
        }
    }
    return TRUE;
}

gsize
qmp_stream_get_unfinished (const QmpStream *self)
{
    return self->depth ? self->next - self->begin : 0;
}
