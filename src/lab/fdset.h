/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that an emulator is handed open, where it would open a path: it may be
 * another user, and need not reach the folder.
 */
#pragma once

#include "qmp/qmp-client.h"

/**
 * fdset_add_async:
 * @fd: (transfer none): open just as the emulator will want it, for reading, for
 *   writing or for both
 *
 * Not to be cancelled: what is handed over has to be taken back.
 */
void fdset_add_async (QmpClient *qmp, int fd, GAsyncReadyCallback callback, gpointer user_data);

/**
 * fdset_add_finish:
 *
 * Returns: the id of the set that has the file; -1 on error
 */
gint64 fdset_add_finish (QmpClient *qmp, GAsyncResult *result, GError **error);

/**
 * fdset_path:
 *
 * Returns: (transfer full): how the emulator calls the file in @set
 */
char *fdset_path (gint64 set);

/**
 * fdset_remove:
 *
 * The emulator closes what is in @set when nothing uses it any more.  Nobody waits
 * for it: a set without users costs nothing.
 */
void fdset_remove (QmpClient *qmp, gint64 set);
