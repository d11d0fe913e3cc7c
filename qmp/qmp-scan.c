/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the validation of JSON bytes.  It builds nothing and does not know what QMP means; finding
 * where a message ends is qmp-stream.c, what its members say is qmp-message.c. */
#include "qmp/qmp-scan.h"

#include <string.h>

#include "qmp/qmp-error.h"

typedef struct {
    const guint8 *start;
    const guint8 *at;
    const guint8 *end;
    QmpScanFlags flags;
    const char *problem; /* static; set once */
    QmpErrorCode code;
} Scanner;

/* What a byte means within a string. */
enum { PLAIN, QUOTE, ESCAPE, CONTROL, LEAD, STRAY };

static const guint8 string_class[256] = {
    [0x00 ... 0x1f] = CONTROL, ['"'] = QUOTE,          ['\\'] = ESCAPE,
    [0x80 ... 0xc1] = STRAY,   [0xc2 ... 0xf4] = LEAD, [0xf5 ... 0xff] = STRAY,
};

static gboolean
fail (Scanner *self, const char *problem)
{
    self->problem = problem;
    self->code = QMP_ERROR_PROTOCOL;
    return FALSE;
}

static void
skip_space (Scanner *self)
{
    while (self->at < self->end &&
           (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
        self->at++;
}

/* Steps over the four digits of \uXXXX. Returns: the code unit, -1 when they are not there */
static int
scan_hex (Scanner *self)
{
    int unit = 0;

    if (self->end - self->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value ((char)*self->at);

        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
        self->at++;
    }
    return unit;
}

static gboolean
scan_unicode_escape (Scanner *self)
{
    int unit = scan_hex (self);

    if (unit < 0)
        return fail (self, "\\u without four hexadecimal digits");
    if (unit < 0xd800 || unit > 0xdfff)
        return TRUE;
    if (unit >= 0xdc00 || self->end - self->at < 2 || self->at[0] != '\\' || self->at[1] != 'u')
        return fail (self, "half a surrogate pair");
    self->at += 2;
    unit = scan_hex (self);
    if (unit < 0xdc00 || unit > 0xdfff)
        return fail (self, "half a surrogate pair");
    return TRUE;
}

static gboolean
scan_escape (Scanner *self)
{
    self->at++; /* the backslash */
    if (self->at == self->end)
        return fail (self, "a string without an end");
    switch (*self->at++) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return TRUE;
    case 'u':
        return scan_unicode_escape (self);
    default:
        self->at--;
        return fail (self, "an unknown escape");
    }
}

static gboolean
scan_multibyte (Scanner *self)
{
    gssize size = *self->at < 0xe0 ? 2 : *self->at < 0xf0 ? 3 : 4;
    gunichar character;

    if (self->end - self->at < size)
        return fail (self, "invalid UTF-8");
    character = g_utf8_get_char_validated ((const char *)self->at, size);
    if (character >= (gunichar)-2)
        return fail (self, "invalid UTF-8");
    self->at += size;
    return TRUE;
}

/* Steps over a string; @at is at its opening quote. */
static gboolean
scan_string (Scanner *self)
{
    self->at++;
    for (;;) {
        while (self->at < self->end && string_class[*self->at] == PLAIN)
            self->at++;
        if (self->at == self->end)
            return fail (self, "a string without an end");
        switch (string_class[*self->at]) {
        case QUOTE:
            self->at++;
            return TRUE;
        case ESCAPE:
            if (!scan_escape (self))
                return FALSE;
            break;
        case LEAD:
            if (!scan_multibyte (self))
                return FALSE;
            break;
        case CONTROL:
            return fail (self, "a control character in a string");
        default:
            return fail (self, "invalid UTF-8");
        }
    }
}

static gboolean
scan_digits (Scanner *self)
{
    if (self->at == self->end || !g_ascii_isdigit (*self->at))
        return fail (self, "a number without digits");
    while (self->at < self->end && g_ascii_isdigit (*self->at))
        self->at++;
    return TRUE;
}

static gboolean
scan_word (Scanner *self, const char *word)
{
    gsize length = strlen (word);

    if ((gsize)(self->end - self->at) < length || memcmp (self->at, word, length) != 0)
        return FALSE;
    self->at += length;
    return TRUE;
}

static gboolean
scan_number (Scanner *self)
{
    if (*self->at == '-')
        self->at++;
    if (self->flags & QMP_SCAN_NON_FINITE && (scan_word (self, "inf") || scan_word (self, "nan")))
        return TRUE;
    if (self->at < self->end && *self->at == '0') {
        self->at++;
        if (self->at < self->end && g_ascii_isdigit (*self->at))
            return fail (self, "a number that begins with 0");
    } else if (!scan_digits (self)) {
        return FALSE;
    }
    if (self->at < self->end && *self->at == '.') {
        self->at++;
        if (!scan_digits (self))
            return FALSE;
    }
    if (self->at < self->end && (*self->at == 'e' || *self->at == 'E')) {
        self->at++;
        if (self->at < self->end && (*self->at == '+' || *self->at == '-'))
            self->at++;
        if (!scan_digits (self))
            return FALSE;
    }
    return TRUE;
}

static gboolean
scan_scalar (Scanner *self)
{
    switch (*self->at) {
    case '"':
        return scan_string (self);
    case '-':
    case '0' ... '9':
        return scan_number (self);
    case 't':
        return scan_word (self, "true") || fail (self, "an unknown word");
    case 'f':
        return scan_word (self, "false") || fail (self, "an unknown word");
    case 'n':
        if (scan_word (self, "null"))
            return TRUE;
        /* fall through */
    case 'i':
        return (self->flags & QMP_SCAN_NON_FINITE && scan_number (self)) ||
               fail (self, "an unknown word");
    default:
        return fail (self, "no JSON value");
    }
}

/* Steps over `"key":` and gives the key's slice. */
static gboolean
scan_key (Scanner *self, QmpMember *member)
{
    skip_space (self);
    if (self->at == self->end || *self->at != '"')
        return fail (self, "a key is missing");
    member->key = (const char *)self->at + 1;
    if (!scan_string (self))
        return FALSE;
    member->key_length = (const char *)self->at - 1 - member->key;
    skip_space (self);
    if (self->at == self->end || *self->at != ':')
        return fail (self, "a colon is missing after a key");
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
scan_open (Scanner *self, Nesting *nesting, gboolean *empty)
{
    gboolean is_object = *self->at == '{';
    QmpMember ignored;

    if (nesting->depth == QMP_SCAN_MAX_DEPTH) {
        fail (self, "nested too deep");
        self->code = QMP_ERROR_TOO_LARGE;
        return FALSE;
    }
    self->at++;
    skip_space (self);
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
scan_close (Scanner *self, Nesting *nesting, gboolean *more)
{
    QmpMember ignored;

    while (nesting->depth > nesting->base) {
        gboolean is_object = nesting->is_object[nesting->depth - 1];

        skip_space (self);
        if (self->at == self->end)
            return fail (self, "an object or array without an end");
        if (*self->at == ',') {
            self->at++;
            *more = TRUE;
            return !is_object || scan_key (self, &ignored);
        }
        if (*self->at != (is_object ? '}' : ']'))
            return fail (self, "neither a comma nor the closing bracket");
        self->at++;
        nesting->depth--;
    }
    *more = FALSE;
    return TRUE;
}

/* Steps over one value that stands @depth levels deep. */
static gboolean
scan_any (Scanner *self, guint depth)
{
    Nesting nesting;
    gboolean more = TRUE;

    nesting.depth = nesting.base = depth;
    while (more) {
        skip_space (self);
        if (self->at == self->end)
            return fail (self, "a value is missing");
        if (*self->at == '{' || *self->at == '[') {
            gboolean empty;

            if (!scan_open (self, &nesting, &empty))
                return FALSE;
            if (!empty)
                continue;
        } else if (!scan_scalar (self)) {
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
scan_member (Scanner *self, QmpObject *object)
{
    QmpMember member;

    if (!scan_key (self, &member))
        return FALSE;
    if (has_key_of (object, &member))
        return fail (self, "a key that was there before");
    if (object->n_members == QMP_SCAN_MAX_MEMBERS) {
        fail (self, "too many members");
        self->code = QMP_ERROR_TOO_LARGE;
        return FALSE;
    }
    skip_space (self);
    member.value = (const char *)self->at;
    if (!scan_any (self, 1))
        return FALSE;
    member.value_length = (const char *)self->at - member.value;
    object->members[object->n_members++] = member;
    return TRUE;
}

static gboolean
scan_members (Scanner *self, QmpObject *object)
{
    object->n_members = 0;
    skip_space (self);
    if (self->at == self->end || *self->at != '{')
        return fail (self, "no JSON object");
    self->at++;
    skip_space (self);
    if (self->at < self->end && *self->at == '}') {
        self->at++;
        return TRUE;
    }
    for (;;) {
        if (!scan_member (self, object))
            return FALSE;
        skip_space (self);
        if (self->at == self->end)
            return fail (self, "an object without an end");
        if (*self->at == '}')
            break;
        if (*self->at != ',')
            return fail (self, "neither a comma nor the closing bracket");
        self->at++;
    }
    self->at++;
    return TRUE;
}

static gboolean
finish (Scanner *self, gboolean valid, GError **error)
{
    if (valid) {
        skip_space (self);
        valid = self->at == self->end || fail (self, "something after the end");
    }
    if (!valid)
        g_set_error (error, QMP_ERROR, self->code, "not valid JSON: %s at byte %" G_GSIZE_FORMAT,
                     self->problem, (gsize)(self->at - self->start));
    return valid;
}

static void
scanner_init (Scanner *self, const char *text, gsize length, QmpScanFlags flags)
{
    if (!text) {
        text = "";
        length = 0;
    }
    *self = (Scanner){ .start = (const guint8 *)text,
                       .at = (const guint8 *)text,
                       .end = (const guint8 *)text + length,
                       .flags = flags };
}

gboolean
qmp_scan_object (const char *text, gsize length, QmpScanFlags flags, QmpObject *object,
                 GError **error)
{
    Scanner scanner;

    scanner_init (&scanner, text, length, flags);
    return finish (&scanner, scan_members (&scanner, object), error);
}

gboolean
qmp_scan_value (const char *text, gsize length, QmpScanFlags flags, GError **error)
{
    Scanner scanner;

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
