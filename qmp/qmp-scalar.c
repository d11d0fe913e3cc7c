/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the grammar of strings, numbers and words.  What they are nested in is qmp-scan.c. */
#include "qmp/qmp-scanner.h"

#include <string.h>

/* What a byte means within a string. */
enum { PLAIN, QUOTE, ESCAPE, CONTROL, LEAD, STRAY };

static const guint8 string_class[256] = {
    [0x00 ... 0x1f] = CONTROL, ['"'] = QUOTE,          ['\\'] = ESCAPE,
    [0x80 ... 0xc1] = STRAY,   [0xc2 ... 0xf4] = LEAD, [0xf5 ... 0xff] = STRAY,
};

gboolean
qmp_scanner_fail (QmpScanner *self, const char *problem)
{
    self->problem = problem;
    self->code = QMP_ERROR_PROTOCOL;
    return FALSE;
}

void
qmp_scanner_skip_space (QmpScanner *self)
{
    while (self->at < self->end &&
           (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
        self->at++;
}

/* Steps over the four digits of \uXXXX. Returns: the code unit, -1 when they are not there */
static int
scan_hex (QmpScanner *self)
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
scan_unicode_escape (QmpScanner *self)
{
    int unit = scan_hex (self);

    if (unit < 0)
        return qmp_scanner_fail (self, "\\u without four hexadecimal digits");
    if (unit < 0xd800 || unit > 0xdfff)
        return TRUE;
    if (unit >= 0xdc00 || self->end - self->at < 2 || self->at[0] != '\\' || self->at[1] != 'u')
        return qmp_scanner_fail (self, "half a surrogate pair");
    self->at += 2;
    unit = scan_hex (self);
    if (unit < 0xdc00 || unit > 0xdfff)
        return qmp_scanner_fail (self, "half a surrogate pair");
    return TRUE;
}

static gboolean
scan_escape (QmpScanner *self)
{
    self->at++; /* the backslash */
    if (self->at == self->end)
        return qmp_scanner_fail (self, "a string without an end");
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
        return qmp_scanner_fail (self, "an unknown escape");
    }
}

static gboolean
scan_multibyte (QmpScanner *self)
{
    gssize size = *self->at < 0xe0 ? 2 : *self->at < 0xf0 ? 3 : 4;
    gunichar character;

    if (self->end - self->at < size)
        return qmp_scanner_fail (self, "invalid UTF-8");
    character = g_utf8_get_char_validated ((const char *)self->at, size);
    if (character >= (gunichar)-2)
        return qmp_scanner_fail (self, "invalid UTF-8");
    self->at += size;
    return TRUE;
}

/* Steps over a string; @at is at its opening quote. */
gboolean
qmp_scanner_skip_string (QmpScanner *self)
{
    self->at++;
    for (;;) {
        while (self->at < self->end && string_class[*self->at] == PLAIN)
            self->at++;
        if (self->at == self->end)
            return qmp_scanner_fail (self, "a string without an end");
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
            return qmp_scanner_fail (self, "a control character in a string");
        default:
            return qmp_scanner_fail (self, "invalid UTF-8");
        }
    }
}

static gboolean
scan_digits (QmpScanner *self)
{
    if (self->at == self->end || !g_ascii_isdigit (*self->at))
        return qmp_scanner_fail (self, "a number without digits");
    while (self->at < self->end && g_ascii_isdigit (*self->at))
        self->at++;
    return TRUE;
}

static gboolean
scan_word (QmpScanner *self, const char *word)
{
    gsize length = strlen (word);

    if ((gsize)(self->end - self->at) < length || memcmp (self->at, word, length) != 0)
        return FALSE;
    self->at += length;
    return TRUE;
}

static gboolean
scan_number (QmpScanner *self)
{
    if (*self->at == '-')
        self->at++;
    if (self->flags & QMP_SCAN_NON_FINITE && (scan_word (self, "inf") || scan_word (self, "nan")))
        return TRUE;
    if (self->at < self->end && *self->at == '0') {
        self->at++;
        if (self->at < self->end && g_ascii_isdigit (*self->at))
            return qmp_scanner_fail (self, "a number that begins with 0");
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

gboolean
qmp_scanner_skip_scalar (QmpScanner *self)
{
    switch (*self->at) {
    case '"':
        return qmp_scanner_skip_string (self);
    case '-':
    case '0' ... '9':
        return scan_number (self);
    case 't':
        return scan_word (self, "true") || qmp_scanner_fail (self, "an unknown word");
    case 'f':
        return scan_word (self, "false") || qmp_scanner_fail (self, "an unknown word");
    case 'n':
        if (scan_word (self, "null"))
            return TRUE;
        /* fall through */
    case 'i':
        return (self->flags & QMP_SCAN_NON_FINITE && scan_number (self)) ||
               qmp_scanner_fail (self, "an unknown word");
    default:
        return qmp_scanner_fail (self, "no JSON value");
    }
}
