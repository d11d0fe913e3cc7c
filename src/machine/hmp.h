/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of QEMU's human monitor, for the few things that QMP has no command for. */
#pragma once

#include "qmp/qmp-client.h"

/**
 * hmp_run_async:
 * @line: a command of the human monitor
 */
void hmp_run_async (QmpClient *qmp, const char *line, guint timeout_ms, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data);

/**
 * hmp_run_finish:
 *
 * Returns: (transfer full): the text that was answered, which may tell of a
 * failure; %NULL when there was no answer
 */
char *hmp_run_finish (QmpClient *qmp, GAsyncResult *result, GError **error);
