/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the reading of lines: KEY=VALUE. */
#pragma once

#include "cli/shell/qmp-line.h"

typedef struct {
    const char *text;
    gsize at, end;
    QmpLineRead read;
    QmpFault *fault;
    gboolean words;    /* the value goes on to the end */
    gboolean in_block; /* `;`, `)` and line ends have a meaning */
    QmpLine *line;     /* takes the word for a descriptor */
} QmpPairs;

/* Returns: whether @c stands between words, and whether it ends one here */
gboolean qmp_pair_is_space (char c);
gboolean qmp_pair_ends_word (const QmpPairs *s, char c);
/* Stops before a line end where that has a meaning. */
void qmp_pair_skip_space (QmpPairs *s);

/* Reads one KEY=VALUE, or all up to the end, into @object. */
gboolean qmp_pair_read (QmpPairs *s, QmpNode *object);
gboolean qmp_pair_read_all (QmpPairs *s, QmpNode *object);
