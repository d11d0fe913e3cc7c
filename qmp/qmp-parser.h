/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpParser: from the bytes of a client to its inputs. */
#pragma once

#include "qmp/qmp-input.h"

G_BEGIN_DECLS

typedef struct QmpParser QmpParser;

QmpParser *qmp_parser_new (void);
void qmp_parser_free (QmpParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpParser, qmp_parser_free)

/**
 * qmp_parser_feed:
 * @input: (out) (transfer full) (nullable): what is complete now; %NULL when all bytes are used
 *   and nothing is
 *
 * Reads until one input is complete.  An input can be complete before the byte that ends it is
 * used, so the result may be 0.
 *
 * Returns: how many bytes were used
 */
gsize qmp_parser_feed (QmpParser *self, const char *bytes, gsize length, QmpInput **input);

G_END_DECLS
