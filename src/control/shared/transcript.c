/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the lines of a transcript, their file and when they are written.  What is
 * secret is secrets.c.
 */
#include "control/shared/transcript.h"

#include "base/file.h"
#include "control/shared/secrets.h"
#include "qmp/qmp-message.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Limits on what clients and emulators can make us write */
#define FILE_MAX (8 << 20)     /* then another file is begun; one older is kept */
#define VALUE_MAX (64 << 10)   /* longer arguments and values are left out */
#define BUFFER_MAX (256 << 10) /* then it is written at once */
#define DELAY_MS 100           /* after the first line that waits */

struct Transcript {
    char *path;
    int fd; /* -1 until the first write */
    goffset size;
    GString *buffer;
    guint timer;
    gint64 second; /* that @stamp is about */
    char stamp[24];
    gboolean broken; /* it has been said that nothing can be written */
};

/* --- the file --- */

static void
open_file (Transcript *transcript)
{
    struct stat info;

    transcript->fd =
        open (transcript->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (transcript->fd >= 0 && fstat (transcript->fd, &info) == 0)
        transcript->size = info.st_size;
}

static void
rotate (Transcript *transcript)
{
    g_autofree char *older = g_strconcat (transcript->path, ".1", NULL);

    auto_fd_close (g_steal_fd (&transcript->fd));
    g_rename (transcript->path, older);
    transcript->size = 0;
    open_file (transcript);
}

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
    while (length > 0) {
        gssize n = write (fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        bytes += n;
        length -= n;
    }
    return TRUE;
}

/* What cannot be written is dropped: a full disk must not fill memory as well. */
void
transcript_flush (Transcript *transcript)
{
    if (transcript->timer)
        g_source_remove (transcript->timer);
    transcript->timer = 0;
    if (transcript->buffer->len == 0)
        return;
    if (transcript->fd < 0)
        open_file (transcript);
    if (transcript->size > 0 && transcript->size + (goffset)transcript->buffer->len > FILE_MAX)
        rotate (transcript);
    if (transcript->fd >= 0 &&
        write_all (transcript->fd, transcript->buffer->str, transcript->buffer->len)) {
        transcript->size += transcript->buffer->len;
        transcript->broken = FALSE;
    } else if (!transcript->broken) {
        g_warning ("writing %s: %s", transcript->path, g_strerror (errno));
        transcript->broken = TRUE;
    }
    if (transcript->buffer->allocated_len > BUFFER_MAX / 4) {
        g_string_free (transcript->buffer, TRUE);
        transcript->buffer = g_string_new (NULL);
    }
    g_string_truncate (transcript->buffer, 0);
}

static gboolean
on_time (gpointer user_data)
{
    Transcript *transcript = user_data;

    transcript->timer = 0;
    transcript_flush (transcript);
    return G_SOURCE_REMOVE;
}

/* --- lines --- */

static void
begin_line (Transcript *transcript)
{
    gint64 now = g_get_real_time ();
    gint64 second = now / G_USEC_PER_SEC;

    if (second != transcript->second) {
        time_t seconds = (time_t)second;
        struct tm parts;

        gmtime_r (&seconds, &parts);
        strftime (transcript->stamp, sizeof transcript->stamp, "%Y-%m-%dT%H:%M:%S", &parts);
        transcript->second = second;
    }
    g_string_append_printf (transcript->buffer, "{\"time\":\"%s.%06dZ\"", transcript->stamp,
                            (int)(now % G_USEC_PER_SEC));
}

static void
end_line (Transcript *transcript)
{
    g_string_append (transcript->buffer, "}\n");
    if (transcript->buffer->len > BUFFER_MAX)
        transcript_flush (transcript);
    else if (!transcript->timer)
        transcript->timer = g_timeout_add (DELAY_MS, on_time, transcript);
}

static void
add_client (Transcript *transcript, guint client)
{
    if (client)
        g_string_append_printf (transcript->buffer, ",\"client\":%u", client);
    else
        g_string_append (transcript->buffer, ",\"client\":\"supervisor\"");
}

static void
add_string (Transcript *transcript, const char *key, const char *text)
{
    g_string_append_printf (transcript->buffer, ",\"%s\":", key);
    qmp_json_append_string (transcript->buffer, text, -1);
}

/* Messages may be over several lines, but only between their tokens. */
static void
add_value (Transcript *transcript, const char *key, const char *value, gsize length)
{
    gsize start;

    if (length > VALUE_MAX) {
        g_string_append_printf (transcript->buffer, ",\"%s-omitted\":%" G_GSIZE_FORMAT, key,
                                length);
        return;
    }
    g_string_append_printf (transcript->buffer, ",\"%s\":", key);
    start = transcript->buffer->len;
    g_string_append_len (transcript->buffer, value, length);
    if (memchr (value, '\n', length) || memchr (value, '\r', length))
        g_strdelimit (transcript->buffer->str + start, "\r\n", ' ');
}

static void
add_arguments (Transcript *transcript, const QmpTraffic *traffic)
{
    g_autofree char *masked = NULL;

    if (!traffic->text)
        return;
    if (traffic->length <= VALUE_MAX)
        masked = secrets_mask (traffic->command, traffic->text, traffic->length);
    add_value (transcript, "arguments", masked ? masked : traffic->text,
               masked ? strlen (masked) : traffic->length);
}

void
transcript_traffic (Transcript *transcript, const QmpTraffic *traffic)
{
    begin_line (transcript);
    if (traffic->kind != QMP_TRAFFIC_EVENT) {
        add_client (transcript, traffic->origin);
        g_string_append_printf (transcript->buffer, ",\"id\":%" G_GUINT64_FORMAT, traffic->id);
    }
    switch (traffic->kind) {
    case QMP_TRAFFIC_COMMAND:
        add_string (transcript, traffic->oob ? "exec-oob" : "execute", traffic->command);
        add_arguments (transcript, traffic);
        if (traffic->n_fds)
            g_string_append_printf (transcript->buffer, ",\"fds\":%u", traffic->n_fds);
        break;
    case QMP_TRAFFIC_REPLY:
        add_value (transcript, traffic->is_error ? "error" : "return", traffic->text,
                   traffic->length);
        break;
    case QMP_TRAFFIC_EVENT:
        add_value (transcript, "event", traffic->text, traffic->length);
        break;
    }
    end_line (transcript);
}

void
transcript_began (Transcript *transcript, const char *greeting)
{
    begin_line (transcript);
    add_value (transcript, "greeting", greeting, strlen (greeting));
    end_line (transcript);
}

void
transcript_ended (Transcript *transcript, const char *reason)
{
    begin_line (transcript);
    add_string (transcript, "ended", reason);
    end_line (transcript);
}

void
transcript_joined (Transcript *transcript, guint client, GCredentials *credentials,
                   gboolean observer)
{
    begin_line (transcript);
    add_client (transcript, client);
    g_string_append (transcript->buffer, ",\"connected\":{");
    if (credentials)
        g_string_append_printf (transcript->buffer, "\"pid\":%d,\"uid\":%u,",
                                (int)g_credentials_get_unix_pid (credentials, NULL),
                                (guint)g_credentials_get_unix_user (credentials, NULL));
    g_string_append_printf (transcript->buffer, "\"socket\":\"%s\"}", observer ? "qmp-ro" : "qmp");
    end_line (transcript);
}

void
transcript_refused (Transcript *transcript, guint client, const char *command)
{
    begin_line (transcript);
    add_client (transcript, client);
    add_string (transcript, "refused", command);
    end_line (transcript);
}

void
transcript_left (Transcript *transcript, guint client, const char *reason)
{
    begin_line (transcript);
    add_client (transcript, client);
    add_string (transcript, "left", reason ? reason : "");
    end_line (transcript);
}

Transcript *
transcript_new (const char *path)
{
    Transcript *transcript = g_new0 (Transcript, 1);

    transcript->path = g_strdup (path);
    transcript->fd = -1;
    transcript->buffer = g_string_new (NULL);
    return transcript;
}

void
transcript_free (Transcript *transcript)
{
    if (!transcript)
        return;
    transcript_flush (transcript);
    auto_fd_close (transcript->fd);
    g_string_free (transcript->buffer, TRUE);
    g_free (transcript->path);
    g_free (transcript);
}
