/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes through the framing, the scanner and the reading of messages.  Besides not crashing,
 * they have to agree: with each other, with json-glib, and however the bytes are cut. */
#include <json-glib/json-glib.h>
#include <stdint.h>
#include <string.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp-scan.h"
#include "qmp/qmp-stream.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_members (const char *text, gsize length, const QmpObject *object)
{
    for (guint i = 0; i < object->n_members; i++) {
        const QmpMember *member = &object->members[i];
        g_autofree char *string = qmp_slice_to_string (member->value, member->value_length);
        g_autofree char *key = qmp_slice_to_string (member->key - 1, member->key_length + 2);
        gint64 number;

        g_assert (member->value >= text && member->value + member->value_length <= text + length);
        g_assert (qmp_scan_value (member->value, member->value_length, QMP_SCAN_NON_FINITE, NULL));
        g_assert (key && g_utf8_validate (key, -1, NULL));
        g_assert (!string || g_utf8_validate (string, -1, NULL));
        if (!memchr (member->key, '\\', member->key_length))
            g_assert (qmp_object_find (object, key) == member);
        qmp_slice_to_int64 (member->value, member->value_length, &number);
        qmp_slice_has_string (member->value, member->value_length, "oob");
    }
}

static void
check_object (const char *text, gsize length)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    QmpMessage message;
    QmpObject object;

    if (qmp_message_read (text, length, &message, NULL)) {
        qmp_message_get_id (&message);
        qmp_message_offers (&message, "oob");
        if (message.kind == QMP_MESSAGE_ERROR)
            g_error_free (qmp_error_new_from_json (message.body, message.body_length));
    }
    if (!qmp_scan_object (text, length, QMP_SCAN_STRICT, &object, NULL))
        return;
    g_assert (qmp_scan_value (text, length, QMP_SCAN_STRICT, NULL));
    check_members (text, length, &object);
    /* what we call JSON, the parser that comes after us must take */
    g_assert (json_parser_load_from_data (parser, text, (gssize)length, NULL));
}

/* Returns: how many objects came before the end or an error; @hash tells them apart */
static guint
frame (const char *text, gsize size, gsize step, QmpStreamFlags flags, gboolean check, guint *hash)
{
    g_autoptr (QmpStream) stream = qmp_stream_new (0, flags);
    guint n = 0;

    *hash = 0;
    for (gsize at = 0; at < size; at += step) {
        GBytes *message;

        qmp_stream_push (stream, text + at, MIN (step, size - at));
        while (TRUE) {
            if (!qmp_stream_next (stream, &message, NULL))
                return n;
            if (!message)
                break;
            if (check)
                check_object (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
            *hash = *hash * 31 + g_bytes_hash (message);
            g_bytes_unref (message);
            n++;
        }
    }
    return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_memdup2 (data, size);

    check_object (text, size);
    for (int flags = QMP_STREAM_DEFAULT; flags <= QMP_STREAM_RESYNC; flags++) {
        guint whole, cut;
        guint n = frame (text, size, MAX (size, 1), flags, TRUE, &whole);

        g_assert (frame (text, size, 1, flags, FALSE, &cut) == n && cut == whole);
    }
    return 0;
}
