/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the validation of JSON bytes.  It builds nothing and does not know what QMP means; strings
 * and numbers are qmp-scalar.c, where a message ends is qmp-stream.c, what its members say is
 * qmp-message.c. */
#include "qmp/qmp-scan.h"

#include <string.h>

#include "qmp/qmp-scanner.h"

/* Steps over `"key":` and gives the key's slice. */
static gboolean
scan_key (QmpScanner *self, QmpMember *member)
{
    qmp_scanner_skip_space (self);
    if (self->at == self->end || *self->at != '"')
        return qmp_scanner_fail (self, "a key is missing");
    member->key = (const char *)self->at + 1;
    if (!qmp_scanner_skip_string (self))
        return FALSE;
    member->key_length = (const char *)self->at - 1 - member->key;
    qmp_scanner_skip_space (self);
    if (self->at == self->end || *self->at != ':')
        return qmp_scanner_fail (self, "a colon is missing after a key");
    self->at++;
    return TRUE;
}

typedef struct {
    guint depth;
    guint base;
    guint8 is_object[QMP_SCAN_MAX_DEPTH];
} Nesting;

/* Goes into the object or array at @at.  Sets *@empty when it is left again at once. */
static gboolean
scan_open (QmpScanner *self, Nesting *nesting, gboolean *empty)
{
    gboolean is_object = *self->at == '{';
    QmpMember ignored;

    if (nesting->depth == QMP_SCAN_MAX_DEPTH) {
        qmp_scanner_fail (self, "nested too deep");
        self->code = QMP_ERROR_TOO_LARGE;
        return FALSE;
    }
    self->at++;
    qmp_scanner_skip_space (self);
    *empty = self->at < self->end && *self->at == (is_object ? '}' : ']');
    if (*empty) {
        self->at++;
        return TRUE;
    }
    nesting->is_object[nesting->depth++] = is_object;
    return !is_object || scan_key (self, &ignored);
}

/* After a value: leaves what ends here.  Sets *@more when a further value follows. */
static gboolean
scan_close (QmpScanner *self, Nesting *nesting, gboolean *more)
{
    QmpMember ignored;

    while (nesting->depth > nesting->base) {
        gboolean is_object = nesting->is_object[nesting->depth - 1];

        qmp_scanner_skip_space (self);
        if (self->at == self->end)
            return qmp_scanner_fail (self, "an object or array without an end");
        if (*self->at == ',') {
            self->at++;
            *more = TRUE;
            return !is_object || scan_key (self, &ignored);
        }
        if (*self->at != (is_object ? '}' : ']'))
            return qmp_scanner_fail (self, "neither a comma nor the closing bracket");
        self->at++;
        nesting->depth--;
    }
    *more = FALSE;
    return TRUE;
}

/* Steps over one value that stands @depth levels deep. */
static gboolean
scan_any (QmpScanner *self, guint depth)
{
    Nesting nesting;
    gboolean more = TRUE;

    nesting.depth = nesting.base = depth;
    while (more) {
        qmp_scanner_skip_space (self);
        if (self->at == self->end)
            return qmp_scanner_fail (self, "a value is missing");
        if (*self->at == '{' || *self->at == '[') {
            gboolean empty;

            if (!scan_open (self, &nesting, &empty))
                return FALSE;
            if (!empty)
                continue;
        } else if (!qmp_scanner_skip_scalar (self)) {
            return FALSE;
        }
        if (!scan_close (self, &nesting, &more))
            return FALSE;
    }
    return TRUE;
}

static gboolean
key_is (const QmpMember *member, const char *key, gsize length)
{
    g_autofree char *plain = NULL;

    if (!memchr (member->key, '\\', member->key_length))
        return member->key_length == length && memcmp (member->key, key, length) == 0;
    plain = qmp_slice_to_string (member->key - 1, member->key_length + 2);
    return strlen (plain) == length && memcmp (plain, key, length) == 0;
}

static gboolean
has_key_of (const QmpObject *object, const QmpMember *member)
{
    g_autofree char *plain = NULL;
    const char *key = member->key;
    gsize length = member->key_length;

    if (memchr (key, '\\', length)) {
        plain = qmp_slice_to_string (key - 1, length + 2);
        key = plain;
        length = strlen (plain);
    }
    for (guint i = 0; i < object->n_members; i++)
        if (key_is (&object->members[i], key, length))
            return TRUE;
    return FALSE;
}

static gboolean
scan_member (QmpScanner *self, QmpObject *object)
{
    QmpMember member;

    if (!scan_key (self, &member))
        return FALSE;
    if (has_key_of (object, &member))
        return qmp_scanner_fail (self, "a key that was there before");
    if (object->n_members == QMP_SCAN_MAX_MEMBERS) {
        qmp_scanner_fail (self, "too many members");
        self->code = QMP_ERROR_TOO_LARGE;
        return FALSE;
    }
    qmp_scanner_skip_space (self);
    member.value = (const char *)self->at;
    if (!scan_any (self, 1))
        return FALSE;
    member.value_length = (const char *)self->at - member.value;
    object->members[object->n_members++] = member;
    return TRUE;
}

static gboolean
scan_members (QmpScanner *self, QmpObject *object)
{
    object->n_members = 0;
    qmp_scanner_skip_space (self);
    if (self->at == self->end || *self->at != '{')
        return qmp_scanner_fail (self, "no JSON object");
    self->at++;
    qmp_scanner_skip_space (self);
    if (self->at < self->end && *self->at == '}') {
        self->at++;
        return TRUE;
    }
    for (;;) {
        if (!scan_member (self, object))
            return FALSE;
        qmp_scanner_skip_space (self);
        if (self->at == self->end)
            return qmp_scanner_fail (self, "an object without an end");
        if (*self->at == '}')
            break;
        if (*self->at != ',')
            return qmp_scanner_fail (self, "neither a comma nor the closing bracket");
        self->at++;
    }
    self->at++;
    return TRUE;
}

static gboolean
finish (QmpScanner *self, gboolean valid, GError **error)
{
    if (valid) {
        qmp_scanner_skip_space (self);
        valid = self->at == self->end || qmp_scanner_fail (self, "something after the end");
    }
    if (!valid)
        g_set_error (error, QMP_ERROR, self->code, "not valid JSON: %s at byte %" G_GSIZE_FORMAT,
                     self->problem, (gsize)(self->at - self->start));
    return valid;
}

static void
scanner_init (QmpScanner *self, const char *text, gsize length, QmpScanFlags flags)
{
    if (!text) {
        text = "";
        length = 0;
    }
    *self = (QmpScanner){ .start = (const guint8 *)text,
                          .at = (const guint8 *)text,
                          .end = (const guint8 *)text + length,
                          .flags = flags };
}

gboolean
qmp_scan_object (const char *text, gsize length, QmpScanFlags flags, QmpObject *object,
                 GError **error)
{
    QmpScanner scanner;

    scanner_init (&scanner, text, length, flags);
    return finish (&scanner, scan_members (&scanner, object), error);
}

gboolean
qmp_scan_value (const char *text, gsize length, QmpScanFlags flags, GError **error)
{
    QmpScanner scanner;

    scanner_init (&scanner, text, length, flags);
    return finish (&scanner, scan_any (&scanner, 0), error);
}

const QmpMember *
qmp_object_find (const QmpObject *object, const char *key)
{
    gsize length = strlen (key);

    for (guint i = 0; i < object->n_members; i++)
        if (key_is (&object->members[i], key, length))
            return &object->members[i];
    return NULL;
}
