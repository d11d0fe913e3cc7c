/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the tokens of QMP input and where reading goes on after bytes that are none.  The grammar
 * is the parser's business, the inside of strings is qmp-text's. */
#include "qmp/qmp-lexer.h"

#include <string.h>

/* Limits on what the peer controls */
#define TOKEN_MAX (64u << 20) /* bytes of a token, as in QEMU */
#define TOKEN_KEEP 4096       /* memory kept between tokens */

/*             digit 1-9              digit            digit
 *   SIGN ──────────────► DIGITS ──┬──────── . ► POINT ─────► FRACTION ─ e ► EXPONENT
 *     └─ 0 ► ZERO ─ . ► POINT     └─ e ► EXPONENT ─ +- ► EXPONENT_SIGN ─ digit ► EXPONENT_DIGITS
 * A byte that fits nowhere ends ZERO, DIGITS, FRACTION, EXPONENT_DIGITS and KEYWORD and belongs to
 * what follows; in the other states it makes the token a stray one and is part of it.
 */
enum {
    STATE_START,
    STATE_LOST, /* after a stray token: skip to a structural character or a control character */
    STATE_DOUBLE,
    STATE_DOUBLE_ESCAPE,
    STATE_SINGLE,
    STATE_SINGLE_ESCAPE,
    STATE_SIGN,
    STATE_ZERO,
    STATE_DIGITS,
    STATE_POINT,
    STATE_FRACTION,
    STATE_EXPONENT,
    STATE_EXPONENT_SIGN,
    STATE_EXPONENT_DIGITS,
    STATE_KEYWORD,
};

typedef enum {
    STEP_MORE,  /* the byte belongs to the token, which goes on */
    STEP_SKIP,  /* the byte belongs to no token */
    STEP_LAST,  /* the byte is the last one of the token */
    STEP_END,   /* the token ended before the byte */
    STEP_FOUND, /* the place to go on is here, before the byte */
    STEP_STRAY, /* the byte makes the token a stray one */
} Step;

void
qmp_lexer_init (QmpLexer *self)
{
    *self = (QmpLexer){ .text = g_string_new (NULL) };
}

void
qmp_lexer_clear (QmpLexer *self)
{
    g_string_free (self->text, TRUE);
    *self = (QmpLexer){ 0 };
}

static gboolean
is_outside (guchar c) /* of every string */
{
    return c < 0x20 || c >= 0xfe;
}

static Step
step_string (QmpLexer *self, guchar c, guchar quote, int inside, int escape)
{
    if (is_outside (c))
        return STEP_STRAY;
    if (self->state == escape)
        self->state = inside;
    else if (c == quote)
        return STEP_LAST;
    else if (c == '\\')
        self->state = escape;
    return STEP_MORE;
}

static Step
go (QmpLexer *self, int state)
{
    self->state = state;
    return STEP_MORE;
}

static Step
step_start (QmpLexer *self, guchar c, QmpToken *token)
{
    static const char *const marks = "{}[]:,";
    static const QmpToken tokens[] = { QMP_TOKEN_OPEN_OBJECT, QMP_TOKEN_CLOSE_OBJECT,
                                       QMP_TOKEN_OPEN_ARRAY,  QMP_TOKEN_CLOSE_ARRAY,
                                       QMP_TOKEN_COLON,       QMP_TOKEN_COMMA };
    const char *mark = c ? strchr (marks, c) : NULL;

    if (mark) {
        *token = tokens[mark - marks];
        return STEP_LAST;
    }
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
        return STEP_SKIP;
    if (c == '"')
        return go (self, STATE_DOUBLE);
    if (c == '\'')
        return go (self, STATE_SINGLE);
    if (c == '-')
        return go (self, STATE_SIGN);
    if (c == '0')
        return go (self, STATE_ZERO);
    if (g_ascii_isdigit (c))
        return go (self, STATE_DIGITS);
    if (g_ascii_islower (c))
        return go (self, STATE_KEYWORD);
    return STEP_STRAY;
}

static Step
step_number (QmpLexer *self, guchar c)
{
    gboolean digit = g_ascii_isdigit (c), e = c == 'e' || c == 'E';

    switch (self->state) {
    case STATE_SIGN:
        return digit ? go (self, c == '0' ? STATE_ZERO : STATE_DIGITS) : STEP_STRAY;
    case STATE_ZERO:
        return c == '.' ? go (self, STATE_POINT) : digit ? STEP_STRAY : STEP_END;
    case STATE_DIGITS:
        if (e || c == '.')
            return go (self, e ? STATE_EXPONENT : STATE_POINT);
        return digit ? STEP_MORE : STEP_END;
    case STATE_POINT:
        return digit ? go (self, STATE_FRACTION) : STEP_STRAY;
    case STATE_FRACTION:
        return e ? go (self, STATE_EXPONENT) : digit ? STEP_MORE : STEP_END;
    case STATE_EXPONENT:
        if (c == '+' || c == '-')
            return go (self, STATE_EXPONENT_SIGN);
        return digit ? go (self, STATE_EXPONENT_DIGITS) : STEP_STRAY;
    case STATE_EXPONENT_SIGN:
        return digit ? go (self, STATE_EXPONENT_DIGITS) : STEP_STRAY;
    default: /* STATE_EXPONENT_DIGITS */
        return digit ? STEP_MORE : STEP_END;
    }
}

static Step
step (QmpLexer *self, guchar c, QmpToken *token)
{
    switch (self->state) {
    case STATE_START:
        return step_start (self, c, token);
    case STATE_LOST:
        return (is_outside (c) && c != '\t') || (c && strchr ("{}[]:,", c)) ? STEP_FOUND
                                                                            : STEP_SKIP;
    case STATE_DOUBLE:
    case STATE_DOUBLE_ESCAPE:
        *token = QMP_TOKEN_STRING;
        return step_string (self, c, '"', STATE_DOUBLE, STATE_DOUBLE_ESCAPE);
    case STATE_SINGLE:
    case STATE_SINGLE_ESCAPE:
        *token = QMP_TOKEN_STRING;
        return step_string (self, c, '\'', STATE_SINGLE, STATE_SINGLE_ESCAPE);
    case STATE_KEYWORD:
        *token = QMP_TOKEN_KEYWORD;
        return g_ascii_islower (c) ? STEP_MORE : STEP_END;
    default:
        *token = QMP_TOKEN_NUMBER;
        return step_number (self, c);
    }
}

/* Takes the ordinary bytes of a string at once. */
static gsize
take_run (QmpLexer *self, const char *bytes, gsize length)
{
    char quote = self->state == STATE_DOUBLE ? '"' : '\'';
    gsize count = 0;

    if (self->state != STATE_DOUBLE && self->state != STATE_SINGLE)
        return 0;
    length = MIN (length, TOKEN_MAX + 1 - self->text->len);
    while (count < length && !is_outside (bytes[count]) && bytes[count] != quote &&
           bytes[count] != '\\')
        count++;
    g_string_append_len (self->text, bytes, count);
    return count;
}

/* a token is complete: the next call starts with an empty one */
static void
finish (QmpLexer *self, int state)
{
    self->state = state;
    self->done = TRUE;
}

static void
start_token (QmpLexer *self)
{
    self->done = FALSE;
    if (self->text->allocated_len > TOKEN_KEEP) {
        g_string_free (self->text, TRUE);
        self->text = g_string_new (NULL);
    }
    g_string_truncate (self->text, 0);
}

gsize
qmp_lexer_next (QmpLexer *self, const char *bytes, gsize length, QmpToken *token)
{
    gsize used = 0;

    if (self->done)
        start_token (self);
    while (used < length) {
        Step taken;

        used += take_run (self, bytes + used, length - used);
        if (self->text->len <= TOKEN_MAX) {
            if (used == length)
                break;
            taken = step (self, bytes[used], token);
            if (taken == STEP_END) {
                finish (self, STATE_START);
                return used;
            }
            if (taken == STEP_FOUND) {
                self->state = STATE_START;
                continue;
            }
            used++;
            if (taken == STEP_SKIP)
                continue;
            g_string_append_c (self->text, bytes[used - 1]);
            if (taken == STEP_LAST || taken == STEP_STRAY) {
                *token = taken == STEP_STRAY ? QMP_TOKEN_STRAY : *token;
                finish (self, taken == STEP_STRAY ? STATE_LOST : STATE_START);
                return used;
            }
        }
        if (self->text->len > TOKEN_MAX) {
            *token = QMP_TOKEN_TOO_LONG;
            finish (self, STATE_START);
            return used;
        }
    }
    *token = QMP_TOKEN_NONE;
    return used;
}
