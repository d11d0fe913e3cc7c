/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the shapes of QMP messages.  Whether a message is expected, and whose it is, is the
 * client's business. */
#include "qmp/qmp-message.h"

#include <string.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"

/* The member that makes a message what it is. */
static const char *const kind_keys[] = {
    [QMP_MESSAGE_GREETING] = "QMP",
    [QMP_MESSAGE_RETURN] = "return",
    [QMP_MESSAGE_ERROR] = "error",
    [QMP_MESSAGE_EVENT] = "event",
};

/* Returns: whether @slice is an object and could be scanned */
static gboolean
scan_slice (const char *slice, gsize length, QmpObject *object)
{
    return slice && length > 0 && *slice == '{' &&
           qmp_scan_object (slice, length, QMP_SCAN_NON_FINITE, object, NULL);
}

static gint64
number_member (const QmpObject *object, const char *key)
{
    const QmpMember *member = qmp_object_find (object, key);
    gint64 number;

    if (!member || !qmp_slice_to_int64 (member->value, member->value_length, &number))
        return -1;
    return number;
}

static void
read_event (const QmpObject *object, QmpMessage *message)
{
    const QmpMember *data = qmp_object_find (object, "data");
    const QmpMember *stamp = qmp_object_find (object, "timestamp");
    QmpObject parts;

    if (data) {
        message->data = data->value;
        message->data_length = data->value_length;
    }
    if (stamp && scan_slice (stamp->value, stamp->value_length, &parts)) {
        message->seconds = number_member (&parts, "seconds");
        message->microseconds = number_member (&parts, "microseconds");
    }
}

static gboolean
read_kind (const QmpObject *object, QmpMessage *message, GError **error)
{
    for (guint kind = 0; kind < G_N_ELEMENTS (kind_keys); kind++) {
        const QmpMember *member = qmp_object_find (object, kind_keys[kind]);

        if (!member)
            continue;
        if (message->body) {
            g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                         "the peer sent a message with both '%s' and '%s'",
                         kind_keys[message->kind], kind_keys[kind]);
            return FALSE;
        }
        message->kind = (QmpMessageKind)kind;
        message->body = member->value;
        message->body_length = member->value_length;
    }
    if (!message->body)
        g_set_error_literal (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                             "the peer sent an object that is no greeting, reply or event");
    return message->body != NULL;
}

gboolean
qmp_message_read (const char *text, gsize length, QmpMessage *message, GError **error)
{
    QmpMessage found = { .seconds = -1, .microseconds = -1 };
    const QmpMember *id;
    QmpObject object;

    if (!qmp_scan_object (text, length, QMP_SCAN_NON_FINITE, &object, error)) {
        g_prefix_error_literal (error, "the peer sent a message that is ");
        return FALSE;
    }
    if (!read_kind (&object, &found, error))
        return FALSE;
    if (found.kind == QMP_MESSAGE_EVENT)
        read_event (&object, &found);
    id = qmp_object_find (&object, "id");
    if (id) {
        found.id = id->value;
        found.id_length = id->value_length;
    }
    *message = found;
    return TRUE;
}

guint64
qmp_message_get_id (const QmpMessage *message)
{
    gint64 id;

    if (!qmp_slice_to_int64 (message->id, message->id_length, &id) || id < 0)
        return 0;
    return (guint64)id;
}

gboolean
qmp_message_offers (const QmpMessage *message, const char *capability)
{
    const QmpMember *list;
    QmpObject greeting;

    if (!scan_slice (message->body, message->body_length, &greeting))
        return FALSE;
    list = qmp_object_find (&greeting, "capabilities");
    return list && qmp_slice_has_string (list->value, list->value_length, capability);
}

void
qmp_json_append_string (GString *out, const char *text, gssize length)
{
    static const char plain_escapes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    g_autofree char *valid = g_utf8_make_valid (text, length);

    g_string_append_c (out, '"');
    for (const char *at = valid; *at; at++) {
        const char *known = strchr (plain_escapes, *at);

        if (known)
            g_string_append_printf (out, "\\%c", letters[known - plain_escapes]);
        else if ((guchar)*at < 0x20)
            g_string_append_printf (out, "\\u%04x", (guint)*at);
        else
            g_string_append_c (out, *at);
    }
    g_string_append_c (out, '"');
}

GBytes *
qmp_command_build (const char *command, const char *arguments, gsize arguments_length, gboolean oob,
                   guint64 id)
{
    GString *out = g_string_sized_new (strlen (command) + arguments_length + 64);

    g_string_append (out, oob ? "{\"exec-oob\":" : "{\"execute\":");
    qmp_json_append_string (out, command, -1);
    if (arguments) {
        g_string_append (out, ",\"arguments\":");
        g_string_append_len (out, arguments, arguments_length);
    }
    if (id)
        g_string_append_printf (out, ",\"id\":%" G_GUINT64_FORMAT, id);
    g_string_append_c (out, '}');
    return g_string_free_to_bytes (out);
}
