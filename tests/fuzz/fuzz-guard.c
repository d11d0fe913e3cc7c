/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes on their way to a terminal: in whatever pieces they come, what is shown is text,
 * and of what controls a terminal only colours are left. */
#include "cli/common/guard.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GString *
show (const uint8_t *data, size_t size, size_t piece)
{
    g_autoptr (Guard) guard = guard_new ();
    GString *out = g_string_new (NULL);

    for (size_t at = 0; at < size; at += piece)
        guard_filter (guard, (const char *)data + at, MIN (piece, size - at), out);
    return out;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (GString) whole = show (data, size, MAX (size, 1)), pieces = show (data, size, 3);

    g_assert_true (g_string_equal (whole, pieces));
    g_assert_true (g_utf8_validate (whole->str, (gssize)whole->len, NULL));
    for (const char *at = whole->str; *at; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        if (c == '\033') {
            gsize inside = strspn (at + 2, "0123456789;");

            g_assert_true (at[1] == '[' && at[2 + inside] == 'm');
        } else {
            g_assert_true (c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f) || c >= 0xa0);
        }
    }
    return 0;
}
