/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which keys of a keyboard make a text, and the names that people have for keys. */
#pragma once

#include <glib.h>

/* Keys that are held down together, by QEMU's names (qcodes); NULL-terminated.
 * The strings are constant or interned. */
#define CHORD_MAX 8
typedef struct {
    const char *keys[CHORD_MAX + 1];
} Chord;

/**
 * keymap_from_text:
 * @text: UTF-8
 *
 * Returns: (transfer full) (element-type Chord): the keys that write @text on a
 * US keyboard; %NULL when a character is not on it
 */
GArray *keymap_from_text (const char *text, GError **error);

/**
 * keymap_parse_chord:
 * @text: keys joined by `-`, as `ctrl-alt-delete`, `f2`, `shift-a`
 *
 * Common names (ctrl, enter, esc, del, …) stand for QEMU's; what is not known is
 * taken for one of those.
 */
gboolean keymap_parse_chord (const char *text, Chord *chord, GError **error);
