/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs that act on named machines share. */
#pragma once

#include "cli/common/client.h"

/**
 * machines_call:
 * @command: of the control socket; gets `machine` and what @fill adds
 * @fill: (nullable): adds arguments
 *
 * Calls @command for every machine that is named, one after the other.  All of
 * them are tried; the first failure is reported.
 */
gboolean machines_call (Options *options, const char *command,
                        void (*fill) (JsonObject *arguments, const Options *options),
                        GError **error);

/**
 * machines_call_first:
 * @arguments: (transfer full): gets `machine`, the first that is named
 * @ret_value: (out) (optional) (transfer full): the answer
 *
 * Calls @command for one machine.
 */
gboolean machines_call_first (Options *options, const char *command, JsonObject *arguments,
                              JsonNode **ret_value, GError **error);

/**
 * machines_wait:
 *
 * Waits until the named machines are ready, unless --no-wait or --paused.
 */
gboolean machines_wait (Options *options, GError **error);

/* Adds force and grace-ms, as stop and down take them. */
void machines_fill_stop (JsonObject *arguments, const Options *options);

/**
 * machines_duration:
 *
 * Returns: %FALSE when @text, the value of --@option, is no duration
 */
gboolean machines_duration (const char *option, const char *text, guint *ret_ms, GError **error);
