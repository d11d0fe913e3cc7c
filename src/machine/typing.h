/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that are pressed on a machine's keyboard, one after the other. */
#pragma once

#include "machine/keymap.h"
#include "machine/machine.h"

#define TYPING_CHORDS_MAX 16384
#define TYPING_DELAY_MS 40 /* from one key to the next, unless said otherwise */
#define TYPING_DELAY_MAX 60000

/**
 * typing_send_async:
 * @chords: (transfer full) (element-type Chord): at most %TYPING_CHORDS_MAX
 * @delay_ms: from one key to the next; 0 = %TYPING_DELAY_MS
 *
 * Guests lose keys that come too fast, so each is held for half of the time and
 * the next waits for the rest of it.  Who types into the same machine meanwhile
 * is mixed with it, as at any keyboard.
 */
void typing_send_async (LiveMachine *machine, GArray *chords, guint delay_ms,
                        GAsyncReadyCallback callback, gpointer user_data);
gboolean typing_send_finish (GAsyncResult *result, GError **error);
