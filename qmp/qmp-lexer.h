/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpLexer: cuts the bytes of a client into tokens, exactly where QEMU cuts them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    QMP_TOKEN_NONE, /* the bytes are used up, no token is complete */
    QMP_TOKEN_OPEN_OBJECT,
    QMP_TOKEN_CLOSE_OBJECT,
    QMP_TOKEN_OPEN_ARRAY,
    QMP_TOKEN_CLOSE_ARRAY,
    QMP_TOKEN_COLON,
    QMP_TOKEN_COMMA,
    QMP_TOKEN_NUMBER,  /* a number of strict JSON */
    QMP_TOKEN_KEYWORD, /* small letters, not only true, false and null */
    QMP_TOKEN_STRING,  /* in double or single quotes; its escapes and characters are unchecked */
    QMP_TOKEN_STRAY,   /* bytes that begin no token; the lexer then looks for a place to go on */
    QMP_TOKEN_TOO_LONG,
} QmpToken;

/* Internal; listed so that it can be embedded. */
typedef struct {
    int state;
    GString *text; /* the token so far, or the last one */
    gboolean done; /* @text is the last token */
} QmpLexer;

void qmp_lexer_init (QmpLexer *self);
void qmp_lexer_clear (QmpLexer *self);

/**
 * qmp_lexer_next:
 * @token: (out): the token that is complete now; its bytes are in @self->text until the next call
 *
 * Reads until a token is complete.  A token may be complete before the byte that ends it is used.
 *
 * Returns: how many bytes were used
 */
gsize qmp_lexer_next (QmpLexer *self, const char *bytes, gsize length, QmpToken *token);

G_END_DECLS
