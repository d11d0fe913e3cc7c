/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON seen as bytes: strict validation and slices of an object's own members, without a tree. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Ceilings on what a peer may send; depth is also what keeps recursive parsers alive. */
#define QMP_SCAN_MAX_DEPTH 1024 /* as QEMU's own */
#define QMP_SCAN_MAX_MEMBERS 64 /* of one scanned object, not of the objects in it */

typedef enum {
    QMP_SCAN_STRICT = 0,
    QMP_SCAN_NON_FINITE = 1 << 0, /* also inf and nan, which QEMU prints for such numbers */
} QmpScanFlags;

/* One member of an object; both slices point into the scanned text. */
typedef struct {
    const char *key; /* between the quotes, escapes left as they are */
    gsize key_length;
    const char *value;
    gsize value_length;
} QmpMember;

typedef struct {
    guint n_members;
    QmpMember members[QMP_SCAN_MAX_MEMBERS];
} QmpObject;

/**
 * qmp_scan_object:
 * @text: (nullable): JSON, @length bytes
 * @object: (out caller-allocates): the members, in their order
 *
 * Checks that @text is exactly one JSON object as RFC 8259 has it, in valid UTF-8, with white
 * space around it at most, nested no deeper than %QMP_SCAN_MAX_DEPTH.  A key that @text has twice
 * is an error; keys of the objects within are not compared.
 *
 * Returns: whether it is; otherwise @error is %QMP_ERROR_PROTOCOL and tells the byte, or
 * %QMP_ERROR_TOO_LARGE, and @object is not to be read
 */
gboolean qmp_scan_object (const char *text, gsize length, QmpScanFlags flags, QmpObject *object,
                          GError **error);

/**
 * qmp_scan_value:
 *
 * Checks as qmp_scan_object() does, but any JSON value, and gives no slices.
 */
gboolean qmp_scan_value (const char *text, gsize length, QmpScanFlags flags, GError **error);

/**
 * qmp_object_find:
 * @key: the plain text of a key
 *
 * Returns: (transfer none) (nullable): the member of that name, however its key was escaped
 */
const QmpMember *qmp_object_find (const QmpObject *object, const char *key);

/**
 * qmp_slice_to_string:
 * @value: (nullable): a value that was scanned
 *
 * Returns: (transfer full) (nullable): the text of a JSON string, cut at `\u0000`; %NULL when
 * @value is no string
 */
char *qmp_slice_to_string (const char *value, gsize length);

/**
 * qmp_slice_to_int64:
 * @value: (nullable): a value that was scanned
 *
 * Returns: whether @value is an integer that fits; only then @number is set
 */
gboolean qmp_slice_to_int64 (const char *value, gsize length, gint64 *number);

/**
 * qmp_slice_has_string:
 * @value: (nullable): a value that was scanned
 *
 * Returns: whether @value is an array with the string @text among its elements
 */
gboolean qmp_slice_has_string (const char *value, gsize length, const char *text);

G_END_DECLS
