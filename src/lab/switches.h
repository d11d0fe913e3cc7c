/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the switches of a lab tell of themselves. */
#pragma once

#include "lab/lab.h"

/**
 * switches_query_async:
 *
 * Asks every switch of @lab but QEMU's NAT for its ports, addresses and counters.
 */
void switches_query_async (LiveLab *lab, GAsyncReadyCallback callback, gpointer user_data);

/**
 * switches_query_finish:
 *
 * Returns: (transfer full): an array with an object per switch; a switch that
 * does not answer has a `problem`
 */
JsonNode *switches_query_finish (GAsyncResult *result, GError **error);
