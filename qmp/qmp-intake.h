/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpIntake: reads from a client, and finds out which input the descriptors came with. */
#pragma once

#include <gio/gio.h>

#include "qmp/qmp-parser.h"

G_BEGIN_DECLS

typedef enum {
    QMP_INTAKE_BYTES, /* there is something for qmp_intake_next() */
    QMP_INTAKE_EMPTY, /* nothing to read now */
    QMP_INTAKE_END,   /* the client will send no more */
    QMP_INTAKE_FAILED,
} QmpIntakeStatus;

/* Internal; listed so that it can be embedded. */
typedef struct {
    GSocket *socket; /* not owned */
    QmpParser *parser;
    char *bytes; /* read or looked at, and not parsed to the end yet; NULL when there are none */
    gsize length, at;
    gboolean peeked; /* @bytes from @at on are still in the socket, with descriptors among them */
    gboolean full;   /* the last read took all there was room for */
    GArray *fds;     /* came with what is being parsed */
    guint64 n_bytes, n_closed; /* bytes read, descriptors closed */
} QmpIntake;

/* @socket: (transfer none): outlives the intake */
void qmp_intake_init (QmpIntake *self, GSocket *socket);
void qmp_intake_clear (QmpIntake *self);

/**
 * qmp_intake_fill:
 *
 * Reads; only when qmp_intake_has_bytes() says that nothing is left.
 */
QmpIntakeStatus qmp_intake_fill (QmpIntake *self, GError **error);

/* Returns: whether bytes that were read wait for qmp_intake_next() */
gboolean qmp_intake_has_bytes (const QmpIntake *self);

/**
 * qmp_intake_next:
 * @request_fds: (out): the descriptors that came with the input, owned
 * @n_fds: (out): how many
 *
 * Returns: (transfer full) (nullable): the next input; %NULL when all bytes are used
 */
QmpInput *qmp_intake_next (QmpIntake *self, int **request_fds, guint *n_fds);

G_END_DECLS
