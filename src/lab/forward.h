/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host ports of a running machine: opened and closed in its user-mode network. */
#pragma once

#include "machine/machine.h"

/**
 * forward_add_async:
 * @record: (transfer full): what to forward; host port 0 = any free one
 *
 * On success the record belongs to the machine and has its bound port.
 */
void forward_add_async (LiveMachine *machine, ForwardRecord *record, GAsyncReadyCallback callback,
                        gpointer user_data);
/* Returns: (transfer none): the forward, now one of the machine's; NULL on error */
ForwardRecord *forward_add_finish (GAsyncResult *result, GError **error);

/**
 * forward_remove_async:
 * @name: name of a forward, or its host port
 */
void forward_remove_async (LiveMachine *machine, const char *name, GAsyncReadyCallback callback,
                           gpointer user_data);
/**
 * forward_remove_like_async:
 *
 * The same for the forward that says what @like says.
 */
void forward_remove_like_async (LiveMachine *machine, const ForwardRecord *like,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean forward_remove_finish (GAsyncResult *result, GError **error);
