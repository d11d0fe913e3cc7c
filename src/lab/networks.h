/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the networks of the host that a lab uses tell of themselves. */
#pragma once

#include "plan/step.h"

#include <gio/gio.h>

/**
 * networks_query_async:
 *
 * Asks the kernel, and Open vSwitch for what it has learned.
 */
void networks_query_async (const Plan *plan, GAsyncReadyCallback callback, gpointer user_data);

/**
 * networks_query_finish:
 *
 * Returns: (transfer full): an array with an object per switch, in the form in which
 * internal switches tell; one that cannot be asked has a `problem`
 */
JsonArray *networks_query_finish (GAsyncResult *result, GError **error);
