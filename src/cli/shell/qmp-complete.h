/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could be written at a place in a line. */
#pragma once

#include "cli/shell/qmp-schema.h"

/* Names that only the machine knows. */
typedef enum {
    QMP_LIVE_NONE,
    QMP_LIVE_NODES,   /* block nodes and devices */
    QMP_LIVE_DEVICES, /* ids that were given to devices */
    QMP_LIVE_OBJECTS, /* ids of object-add */
    QMP_LIVE_NETDEVS,
    QMP_LIVE_CHARDEVS,
    QMP_LIVE_JOBS,
    QMP_LIVE_SNAPSHOTS,  /* tags inside images */
    QMP_LIVE_DRIVERS,    /* device models */
    QMP_LIVE_PROPERTIES, /* of the device model that is the key */
    QMP_LIVE_QOM,        /* below the path that is the key */
    QMP_LIVE_HMP,        /* commands of the human monitor; key "info": its subjects */
} QmpLiveKind;
#define QMP_LIVE_COUNT (QMP_LIVE_HMP + 1)

typedef struct {
    char *text;
    char *description; /* NULL = none */
    gboolean partial;  /* more follows without a space */
} QmpCandidate;

/* @text, @description: copied */
QmpCandidate *qmp_candidate_new (const char *text, const char *description, gboolean partial);
void qmp_candidate_free (QmpCandidate *candidate);

/* Returns: what the values of @argument of @command name */
QmpLiveKind qmp_live_kind_of (const char *command, const char *argument);

typedef struct {
    /* Returns: (transfer none) (nullable) (element-type QmpCandidate): the names of @kind; NULL
     * when they are not known yet */
    GPtrArray *(*get) (gpointer data, QmpLiveKind kind, const char *key);
    gpointer data;
} QmpLiveSource;

/**
 * qmp_complete:
 * @schema: (nullable)
 * @text: the line, with all of the lines that belong to it
 * @cursor: byte of @text
 * @live: (nullable)
 * @ret_start: (out): the byte where candidates begin; they replace what is
 *   between it and @cursor
 * @ret_waiting: (out): whether there would be more once @live knows
 *
 * Returns: (transfer full) (element-type QmpCandidate): what begins with what
 * is written, the most wanted first
 */
GPtrArray *qmp_complete (const QmpSchema *schema, const char *text, gsize cursor,
                         const QmpLiveSource *live, gsize *ret_start, gboolean *ret_waiting);

/* The same for a command that is written as JSON: for qmp_complete() only, where
 * @schema is there. */
GPtrArray *qmp_complete_json (const QmpSchema *schema, const char *text, gsize cursor,
                              const QmpLiveSource *live, gsize *ret_start, gboolean *ret_waiting);
