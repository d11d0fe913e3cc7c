/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line as completion sees it: words around a cursor, half written or not. */
#pragma once

#include <glib.h>

typedef struct {
    gsize start, end; /* bytes of the text */
} QmpWord;

typedef struct {
    const char *text;
    GArray *words; /* QmpWord: a command's name and its arguments */
    guint current; /* the word with the cursor; words->len = a new one */
    gsize cursor;
    gboolean block; /* an action of a transaction */
    gboolean json;  /* a whole command in JSON, or in brackets */
} QmpWords;

/**
 * qmp_words_init:
 *
 * Cuts the part of @text that the cursor is in: a whole line, or one action of
 * a block.
 */
void qmp_words_init (QmpWords *words, const char *text, gsize cursor);
void qmp_words_clear (QmpWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QmpWords, qmp_words_clear)

/* Returns: (transfer full): the word number @i without a leading `!`; "" when
 * there is none */
char *qmp_words_get (const QmpWords *words, guint i);

/**
 * qmp_words_value:
 * @key: with its dots
 *
 * Returns: (transfer full) (nullable): what KEY=VALUE says of @key, in another
 * word than the one with the cursor; without the quotes
 */
char *qmp_words_value (const QmpWords *words, const char *key);

/**
 * qmp_words_mentions:
 *
 * Returns: whether another word sets @key or a member of it
 */
gboolean qmp_words_mentions (const QmpWords *words, const char *key);
