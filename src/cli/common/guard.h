/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a guest, an emulator or a file says reaches the user's terminal as text: nothing of
 * it moves the cursor, sets a title, writes a clipboard or makes the terminal answer.
 * Only `roost console` is meant to, and writes past this.
 */
#pragma once

#include <glib.h>

typedef struct Guard Guard;

Guard *guard_new (void);
void guard_free (Guard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Guard, guard_free)

/**
 * guard_filter:
 * @bytes: (array length=length): the next of a stream; a character or a sequence may go
 *   on in the next piece
 * @out: what may be shown is appended
 *
 * Colours stay, other sequences that control a terminal go, and any other control
 * character, byte that is no UTF-8 and mark that turns the direction of writing is
 * shown as `^[`, `\x9b` or `\u202e`.
 */
void guard_filter (Guard *guard, const char *bytes, gsize length, GString *out);

/* Returns: (transfer full): the whole of @text as guard_filter() shows it */
char *guard_text (const char *text);

/* From here on standard output and standard error pass through a guard each, where they
 * are terminals. */
void guard_install (void);
