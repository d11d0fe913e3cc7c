/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection to a QMP server that is made again when it breaks, with what the
 * server can do.
 */
#pragma once

#include "cli/shell/qmp-schema.h"
#include "qmp/qmp-client.h"

typedef struct QmpLink QmpLink;

typedef struct {
    /* connected, and the schema is known: @changed tells whether it is another server than the
     * last time.  @error: (nullable): why there is no schema */
    void (*ready) (gboolean changed, const GError *error, gpointer user_data);
    /* the connection was lost; it is tried again */
    void (*lost) (const GError *reason, gpointer user_data);
    /* it could not be made; it is tried again when it had been there before */
    void (*failed) (const GError *error, gpointer user_data);
    void (*event) (QmpEvent *event, gpointer user_data);
} QmpLinkHandlers;

/**
 * qmp_link_new:
 * @agent: the server is a guest agent
 * @schema: whether the schema is wanted
 * @handlers: (transfer none): every one is there; called from the main loop
 *
 * Starts to connect.
 */
QmpLink *qmp_link_new (const char *path, gboolean agent, gboolean schema,
                       const QmpLinkHandlers *handlers, gpointer user_data);
void qmp_link_free (QmpLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpLink, qmp_link_free)

/* Tries again from the first time on, not only when it had been connected. */
void qmp_link_persist (QmpLink *link);
/* Returns: (transfer none) */
QmpClient *qmp_link_get_client (QmpLink *link);
/* Returns: (transfer none) (nullable): kept while the connection is lost */
const QmpSchema *qmp_link_get_schema (QmpLink *link);
gboolean qmp_link_is_ready (QmpLink *link);
gboolean qmp_link_is_agent (QmpLink *link);
