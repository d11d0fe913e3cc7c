/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the wait for readiness.
 *
 * A forwarded port: the emulator accepts on the host at once and only then asks
 * the guest, so a connection is opened and the emulator is asked whether the
 * guest has taken it.  The serial port: its log is read as it grows, watched
 * through inotify.  Only the former needs a timer.
 */
#include "lab/ready.h"

#include "base/file.h"
#include "lab/hmp.h"
#include "lab/usernet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>

#define PROBE_INTERVAL_MS 250
#define PROBE_RENEW 12 /* intervals after which a connection is tried anew */
#define COMMAND_TIMEOUT_MS (30 * 1000)
#define SERIAL_WINDOW (64 * 1024) /* how far back a match may reach */

struct Ready {
    const MachineStep *record; /* not owned */
    QmpClient *qmp;
    ReadyFunc callback;
    gpointer user_data;
    guint deadline; /* source */

    ForwardRecord *forward; /* NULL when no port is waited for, or it has answered */
    guint probe_timer;
    guint probe_age; /* intervals */
    int probe_fd;
    gboolean asking;
    GCancellable *cancellable;

    GRegex *regex; /* NULL when no line is waited for, or it was seen */
    int serial_fd;
    int inotify_fd;
    guint inotify_source;
    GString *serial;
};

static void
stop_probing (Ready *ready)
{
    ready->forward = NULL;
    if (ready->probe_timer)
        g_source_remove (ready->probe_timer);
    ready->probe_timer = 0;
    auto_fd_close (ready->probe_fd);
    ready->probe_fd = -1;
}

static void
stop_reading (Ready *ready)
{
    g_clear_pointer (&ready->regex, g_regex_unref);
    if (ready->inotify_source)
        g_source_remove (ready->inotify_source);
    ready->inotify_source = 0;
    auto_fd_close (ready->inotify_fd);
    auto_fd_close (ready->serial_fd);
    ready->inotify_fd = ready->serial_fd = -1;
}

void
ready_free (Ready *ready)
{
    if (!ready)
        return;
    stop_probing (ready);
    stop_reading (ready);
    if (ready->deadline)
        g_source_remove (ready->deadline);
    g_cancellable_cancel (ready->cancellable);
    g_object_unref (ready->cancellable);
    g_object_unref (ready->qmp);
    g_string_free (ready->serial, TRUE);
    g_free (ready);
}

static void
check_done (Ready *ready)
{
    if (ready->forward || ready->regex)
        return;
    if (ready->deadline)
        g_source_remove (ready->deadline);
    ready->deadline = 0;
    ready->callback (FALSE, ready->user_data);
}

static gboolean
out_of_time (gpointer user_data)
{
    Ready *ready = user_data;

    ready->deadline = 0;
    stop_probing (ready);
    stop_reading (ready);
    ready->callback (TRUE, ready->user_data);
    return G_SOURCE_REMOVE;
}

/* --- the forwarded port --- */

ForwardRecord *
ready_find_forward (const MachineStep *record, const char *name)
{
    for (guint i = 0; i < record->forwards->len; i++) {
        ForwardRecord *forward = g_ptr_array_index (record->forwards, i);
        g_autofree char *port = g_strdup_printf ("%d", (int)forward->guest_port);

        if (g_strcmp0 (forward->name, name) == 0 || g_str_equal (port, name))
            return forward;
    }
    return NULL;
}

static void
open_probe (Ready *ready)
{
    struct sockaddr_in name = { .sin_family = AF_INET,
                                .sin_port = htons (ready->forward->bound_port) };

    auto_fd_close (ready->probe_fd);
    ready->probe_age = 0;
    ready->probe_fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (inet_pton (AF_INET, ready->forward->host_address, &name.sin_addr) != 1)
        name.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    if (connect (ready->probe_fd, (struct sockaddr *)&name, sizeof name) < 0 &&
        errno != EINPROGRESS) {
        auto_fd_close (ready->probe_fd);
        ready->probe_fd = -1;
    }
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = hmp_run_finish (QMP_CLIENT (source), result, &error);
    g_autoptr (GPtrArray) rows = NULL;
    Ready *ready = user_data;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* ready is gone */
    ready->asking = FALSE;
    if (!ready->forward || !text)
        return;
    rows = usernet_parse (text);
    if (!usernet_is_connected (rows, ready->forward))
        return;
    stop_probing (ready);
    check_done (ready);
}

/* the guest refused, and the emulator passed the refusal on */
static gboolean
was_refused (Ready *ready)
{
    char byte;
    gssize n = recv (ready->probe_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return n == 0 || (n < 0 && errno != EAGAIN);
}

static gboolean
probe (gpointer user_data)
{
    Ready *ready = user_data;

    if (ready->probe_fd < 0 || ++ready->probe_age > PROBE_RENEW || was_refused (ready))
        open_probe (ready);
    if (ready->asking || qmp_client_get_state (ready->qmp) != QMP_CLIENT_READY)
        return G_SOURCE_CONTINUE;
    ready->asking = TRUE;
    hmp_run_async (ready->qmp, "info usernet", COMMAND_TIMEOUT_MS, ready->cancellable, answered,
                   ready);
    return G_SOURCE_CONTINUE;
}

/* --- the serial port --- */

static void
read_serial (Ready *ready)
{
    char block[4096];
    gssize n;

    while (ready->regex && (n = read (ready->serial_fd, block, sizeof block)) > 0) {
        for (gssize i = 0; i < n; i++)
            if (block[i] == '\0') /* firmware sends these; a regular expression ends there */
                block[i] = ' ';
        g_string_append_len (ready->serial, block, n);
        if (ready->serial->len > SERIAL_WINDOW)
            g_string_erase (ready->serial, 0, ready->serial->len - SERIAL_WINDOW);
        if (g_regex_match (ready->regex, ready->serial->str, 0, NULL))
            stop_reading (ready);
    }
}

static gboolean
serial_grew (gint fd, GIOCondition condition, gpointer user_data)
{
    Ready *ready = user_data;
    char events[4096];

    while (read (fd, events, sizeof events) > 0)
        ;
    read_serial (ready);
    if (ready->regex)
        return G_SOURCE_CONTINUE;
    check_done (ready); /* may free ready; its source is gone already */
    return G_SOURCE_REMOVE;
}

static gboolean
begin_reading (Ready *ready, goffset offset)
{
    const char *log = ready->record->serial_logs ? ready->record->serial_logs[0] : NULL;

    ready->inotify_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
    ready->serial_fd = log ? open (log, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (ready->serial_fd < 0 || inotify_add_watch (ready->inotify_fd, log, IN_MODIFY) < 0)
        return FALSE;
    lseek (ready->serial_fd, offset, SEEK_SET);
    ready->inotify_source = g_unix_fd_add (ready->inotify_fd, G_IO_IN, serial_grew, ready);
    return TRUE;
}

/* what is in the log already is looked at from the main loop, so that the
 * callback never comes before ready_new() has returned */
static gboolean
first_look (gpointer user_data)
{
    Ready *ready = user_data;

    ready->deadline = g_timeout_add (ready->record->ready->timeout_ms, out_of_time, ready);
    if (ready->regex)
        read_serial (ready);
    check_done (ready);
    return G_SOURCE_REMOVE;
}

Ready *
ready_new (const MachineStep *record, QmpClient *qmp, goffset serial_offset, ReadyFunc callback,
           gpointer user_data)
{
    Ready *ready = g_new0 (Ready, 1);

    *ready = (Ready){ .record = record,
                      .qmp = g_object_ref (qmp),
                      .callback = callback,
                      .user_data = user_data,
                      .probe_fd = -1,
                      .serial_fd = -1,
                      .inotify_fd = -1,
                      .cancellable = g_cancellable_new (),
                      .serial = g_string_new (NULL) };
    if (record->ready->tcp)
        ready->forward = ready_find_forward (record, record->ready->tcp);
    if (record->ready->serial) {
        ready->regex =
            g_regex_new (record->ready->serial, G_REGEX_RAW | G_REGEX_MULTILINE, 0, NULL);
        if (!ready->regex || !begin_reading (ready, serial_offset))
            g_warning ("machine %s: its serial log cannot be watched: it will not become ready",
                       record->name);
    }
    if (ready->forward)
        ready->probe_timer = g_timeout_add (PROBE_INTERVAL_MS, probe, ready);
    ready->deadline = g_idle_add (first_look, ready);
    return ready;
}
