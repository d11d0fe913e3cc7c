/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an emulator offers, asked of it over QMP and remembered. */
#pragma once

#include "plan/facts.h"

#include <gio/gio.h>

/**
 * emulator_probe_async:
 * @emulator: (transfer none): has a path; its version and lists are filled in
 *
 * Starts the emulator with no machine, asks, and ends it.  Answers are kept by
 * the identity of the binary, so the next time costs one file.
 */
void emulator_probe_async (EmulatorFacts *emulator, GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean emulator_probe_finish (GAsyncResult *result, GError **error);
