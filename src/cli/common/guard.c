/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what comes between this program's streams and a terminal; see guard.h.
 *
 * It is in the streams and not where texts come from: there are many such places, a
 * message of an error may hold the name of a file that a disk image names, and each new
 * verb would have to think of it.  What is piped into a file or a program stays as it is.
 */
#include "cli/common/guard.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Longer than any sequence that is meant */
#define SEQUENCE_MAX 64

#define ESC '\033'

struct Guard {
    int fd;         /* of a stream: where it goes */
    GString *held;  /* the beginning of a character or sequence */
    gboolean fresh; /* nothing is on the line yet */
    GString *out;   /* of a stream: what is about to be written */
};

Guard *
guard_new (void)
{
    Guard *guard = g_new0 (Guard, 1);

    guard->held = g_string_new (NULL);
    guard->out = g_string_new (NULL);
    guard->fresh = TRUE;
    return guard;
}

void
guard_free (Guard *guard)
{
    if (!guard)
        return;
    g_string_free (guard->held, TRUE);
    g_string_free (guard->out, TRUE);
    g_free (guard);
}

static gboolean
turns_writing (gunichar c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void
show_control (GString *out, guchar byte)
{
    if (byte < 0x20 || byte == 0x7f)
        g_string_append_printf (out, "^%c", byte ^ 0x40);
    else
        g_string_append_printf (out, "\\x%02x", byte);
}

/* One character beginning at @at.  Returns: its length; 0 = the rest is still to come */
static gsize
pass_character (const char *at, gsize left, GString *out)
{
    gunichar c = *at ? g_utf8_get_char_validated (at, (gssize)left) : 0;

    if (c == (gunichar)-2)
        return 0;
    if (c == (gunichar)-1 || c == 0) {
        show_control (out, (guchar)*at);
        return 1;
    }
    if (c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f))
        g_string_append_c (out, (char)c);
    else if (c < 0xa0)
        show_control (out, (guchar)c);
    else if (turns_writing (c))
        g_string_append_printf (out, "\\u%04x", c);
    else
        g_string_append_unichar (out, c);
    return (gsize)(g_utf8_next_char (at) - at);
}

/* ESC [ parameters intermediates final, at @at.  Returns: its length, 0 = the rest is still
 * to come, 1 = only the ESC is of it, as it is none that is meant */
static gsize
pass_sequence (const char *at, gsize left, GString *out)
{
    gsize end = 2;

    if (left < 2)
        return 0;
    if (at[1] == '[') {
        while (end < left && end < SEQUENCE_MAX && at[end] >= 0x20 && at[end] <= 0x3f)
            end++;
        if (end == left && end < SEQUENCE_MAX)
            return 0;
        if (end < left && at[end] >= 0x40 && at[end] <= 0x7e) {
            if (at[end] == 'm' && strspn (at + 2, "0123456789;") == end - 2)
                g_string_append_len (out, at, (gssize)end + 1);
            return end + 1;
        }
    }
    show_control (out, ESC);
    return 1;
}

/* Before the end of a line, and at its beginning, it changes nothing. */
static gsize
pass_return (const char *at, gsize left, gboolean fresh, GString *out)
{
    if (left < 2 && !fresh)
        return 0;
    if (!fresh && at[1] != '\n')
        show_control (out, '\r');
    return 1;
}

void
guard_filter (Guard *guard, const char *bytes, gsize length, GString *out)
{
    g_autoptr (GString) all = guard->held;
    gsize done = 0, used = 1;

    g_string_append_len (all, bytes, (gssize)length);
    while (done < all->len && used > 0) {
        const char *at = all->str + done;
        gsize left = all->len - done;

        if (*at == ESC)
            used = pass_sequence (at, left, out);
        else if (*at == '\r')
            used = pass_return (at, left, guard->fresh, out);
        else
            used = pass_character (at, left, out);
        if (used > 0 && *at != '\r')
            guard->fresh = *at == '\n';
        done += used;
    }
    guard->held = g_string_new_len (all->str + done, (gssize)(all->len - done));
}

char *
guard_text (const char *text)
{
    g_autoptr (Guard) guard = guard_new ();
    GString *out = g_string_new (NULL);

    guard_filter (guard, text, strlen (text), out);
    for (gsize i = 0; i < guard->held->len; i++) { /* cut off in the middle */
        char c = guard->held->str[i];

        if (g_ascii_isprint (c))
            g_string_append_c (out, c);
        else
            show_control (out, (guchar)c);
    }
    return g_string_free (out, FALSE);
}

static gssize
on_write (void *cookie, const char *bytes, size_t length)
{
    Guard *guard = cookie;
    gsize done = 0;

    g_string_truncate (guard->out, 0);
    guard_filter (guard, bytes, length, guard->out);
    while (done < guard->out->len) {
        gssize n =
            TEMP_FAILURE_RETRY (write (guard->fd, guard->out->str + done, guard->out->len - done));

        if (n < 0)
            return 0;
        done += (gsize)n;
    }
    return (gssize)length;
}

/* Lives as long as the process. */
static FILE *
guarded (FILE *stream, int fd, int mode)
{
    Guard *guard;
    FILE *through;

    if (!isatty (fd))
        return stream;
    guard = guard_new ();
    guard->fd = fd;
    through = fopencookie (guard, "w", (cookie_io_functions_t){ .write = on_write });
    if (!through) {
        guard_free (guard);
        return stream;
    }
    setvbuf (through, NULL, mode, 0);
    return through;
}

void
guard_install (void)
{
    stdout = guarded (stdout, STDOUT_FILENO, _IOLBF);
    stderr = guarded (stderr, STDERR_FILENO, _IONBF);
}
