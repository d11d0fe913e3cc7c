/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that only a running machine knows, asked of it when completion wants
 * them and kept until something may have changed.
 */
#pragma once

#include "cli/shell/qmp-complete.h"
#include "qmp/qmp-client.h"

typedef struct QmpLive QmpLive;

/**
 * qmp_live_new:
 * @client: (transfer none): its connection may come and go
 * @arrived: (nullable): names that qmp_live_get() did not know are there now
 */
QmpLive *qmp_live_new (QmpClient *client, void (*arrived) (gpointer user_data), gpointer user_data);
void qmp_live_free (QmpLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpLive, qmp_live_free)

/**
 * qmp_live_get:
 *
 * Fits #QmpLiveSource.  What is not known is asked for.
 *
 * Returns: (transfer none) (nullable) (element-type QmpCandidate): the names;
 * NULL when they are on their way
 */
GPtrArray *qmp_live_get (gpointer live, QmpLiveKind kind, const char *key);

/**
 * qmp_live_forget:
 *
 * Something has happened: the next question asks the machine again.
 */
void qmp_live_forget (QmpLive *live);
