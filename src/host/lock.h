/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock of which there is one for all labs under a folder, held for the moment
 * in which one of them looks at what the others claim and claims its own.
 */
#pragma once

#include <gio/gio.h>

typedef struct HostLock HostLock;

/**
 * host_lock_take_async:
 * @folder: what is locked; nothing is written to it
 *
 * Waits until the lock is free, without holding up the loop.
 */
void host_lock_take_async (const char *folder, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);

/**
 * host_lock_take_finish:
 *
 * Returns: (transfer full): the lock; %NULL when it could not be had in time:
 * then @error names who holds it
 */
HostLock *host_lock_take_finish (GAsyncResult *result, GError **error);

/**
 * host_lock_free:
 *
 * Gives the lock back; so does the end of the process.
 */
void host_lock_free (HostLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostLock, host_lock_free)
