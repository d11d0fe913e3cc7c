/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpOutbox: what waits to be written to a client. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Internal; listed so that it can be embedded. */
typedef struct {
    GQueue chunks; /* GString: oldest first */
    gsize written; /* bytes of the oldest chunk that are gone */
    gsize length;  /* bytes that wait */
} QmpOutbox;

void qmp_outbox_clear (QmpOutbox *self);

/**
 * qmp_outbox_push:
 * @line: (transfer full): written whole, after what waits
 */
void qmp_outbox_push (QmpOutbox *self, GString *line);

/**
 * qmp_outbox_flush:
 *
 * Writes as much as @socket takes now.
 *
 * Returns: the bytes written, -1 on error; a full socket is no error
 */
gssize qmp_outbox_flush (QmpOutbox *self, GSocket *socket, GError **error);

G_END_DECLS
