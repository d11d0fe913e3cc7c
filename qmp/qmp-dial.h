/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making a connection: tries until it is there or the one who asked gives up. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct QmpDial QmpDial;

typedef enum {
    QMP_DIAL_BUSY_ONLY, /* try again only while the peer's queue of clients is full */
    QMP_DIAL_STARTING,  /* also while nobody listens yet, or the path is not there yet */
} QmpDialRetry;

/* Called once, from the context.  @socket: (transfer full) (nullable): connected.
 * @error: (transfer none) (nullable): why not.  The dial may be freed within. */
typedef void (*QmpDialFunc) (GSocket *socket, const GError *error, gpointer user_data);

/* Begins to connect to @address; @done is called once, unless the dial is freed before. */
QmpDial *qmp_dial_new (GSocketAddress *address, QmpDialRetry retry, GMainContext *context,
                       QmpDialFunc done, gpointer user_data);
/* Gives up when it is still trying. */
void qmp_dial_free (QmpDial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpDial, qmp_dial_free)
/* Returns: (transfer none) (nullable): why the last try failed */
const GError *qmp_dial_get_last_error (const QmpDial *self);

G_END_DECLS
