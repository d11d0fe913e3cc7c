/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the condition serial: a regular expression matches what the first serial
 * port said.  Its log is read as it grows, watched through inotify; what a guest that
 * was saved had said before comes first. */
#include "machine/conditions/condition-private.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/inotify.h>

typedef struct {
    GRegex *regex;
    int fd;
    int inotify_fd;
    guint source;
    guint first_look; /* source */
    GString *said;
} Serial;

static void
stop_reading (Serial *serial)
{
    if (serial->source)
        g_source_remove (serial->source);
    if (serial->first_look)
        g_source_remove (serial->first_look);
    serial->source = serial->first_look = 0;
}

static void
hear (Condition *condition, char *block, gsize n)
{
    Serial *serial = condition->data;

    for (gsize i = 0; i < n; i++)
        if (block[i] == '\0') /* firmware sends these; a regular expression ends there */
            block[i] = ' ';
    g_string_append_len (serial->said, block, n);
    if (serial->said->len > CONDITION_SERIAL_WINDOW)
        g_string_erase (serial->said, 0, serial->said->len - CONDITION_SERIAL_WINDOW);
    if (g_regex_match (serial->regex, serial->said->str, 0, NULL))
        condition_hold (condition);
}

static void
read_on (Condition *condition)
{
    Serial *serial = condition->data;
    char block[4096];
    gssize n;

    while (!condition->holds && (n = read (serial->fd, block, sizeof block)) > 0)
        hear (condition, block, (gsize)n);
}

static gboolean
log_grew (gint fd, GIOCondition io, gpointer user_data)
{
    Condition *condition = user_data;
    Serial *serial = condition->data;
    char events[4096];

    while (read (fd, events, sizeof events) > 0)
        ;
    read_on (condition);
    if (!condition->holds)
        return G_SOURCE_CONTINUE;
    serial->source = 0;
    return G_SOURCE_REMOVE;
}

/* what is in the log already */
static gboolean
first_look (gpointer user_data)
{
    Condition *condition = user_data;
    const char *path = condition->site->said;
    g_autofree char *said = NULL;
    gsize length;

    ((Serial *)condition->data)->first_look = 0;
    if (path && !condition->record->fresh)
        said = file_read (path, CONDITION_SERIAL_WINDOW, &length, NULL);
    if (said)
        hear (condition, said, length);
    read_on (condition);
    return G_SOURCE_REMOVE;
}

static gboolean
serial_begin (Condition *condition, GError **error)
{
    const MachineStep *record = condition->site->record;
    const char *log = record->serial_logs ? record->serial_logs[0] : NULL;
    Serial *serial = g_new0 (Serial, 1);

    *serial = (Serial){ .fd = -1, .inotify_fd = -1, .said = g_string_new (NULL) };
    condition->data = serial;
    if (!log) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "it has no serial port");
        return FALSE;
    }
    serial->regex =
        g_regex_new (condition->record->word, G_REGEX_RAW | G_REGEX_MULTILINE, 0, error);
    if (!serial->regex)
        return FALSE;
    serial->inotify_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
    serial->fd = open (log, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (serial->fd < 0 || inotify_add_watch (serial->inotify_fd, log, IN_MODIFY) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "watching its serial log %s: %s", log,
                     g_strerror (errno));
        return FALSE;
    }
    if (condition->record->fresh)
        lseek (serial->fd, 0, SEEK_END);
    else
        lseek (serial->fd, condition->site->serial_offset, SEEK_SET);
    serial->source = g_unix_fd_add (serial->inotify_fd, G_IO_IN, log_grew, condition);
    /* before any deadline that is over already: what was said counts */
    serial->first_look = g_idle_add_full (G_PRIORITY_HIGH, first_look, condition, NULL);
    return TRUE;
}

static void
serial_end (Condition *condition)
{
    Serial *serial = condition->data;

    stop_reading (serial);
    g_clear_pointer (&serial->regex, g_regex_unref);
    auto_fd_close (serial->inotify_fd);
    auto_fd_close (serial->fd);
    g_string_free (serial->said, TRUE);
    g_free (serial);
}

static char *
serial_explain (const Condition *condition)
{
    const Serial *serial = condition->data;
    g_autofree char *valid = g_utf8_make_valid (serial->said->str, serial->said->len);
    g_autofree char *last = text_last_line (valid);

    g_autofree char *quoted = text_quote (last);

    if (!*last)
        return g_strdup_printf ("the serial port has not said /%s/, nor anything else",
                                condition->record->word);
    return g_strdup_printf ("the serial port has not said /%s/; its last line is %s",
                            condition->record->word, quoted);
}

const ConditionOps condition_serial = { serial_begin, serial_end, serial_explain };
