/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns connect() and its repetition.  QEMU listens with a queue of one, so a monitor that serves
 * somebody refuses the third who comes with EAGAIN, at once; and a QEMU that is starting has no
 * socket yet.  Both pass.  The deadline is the caller's, who frees the dial. */
#include "qmp/qmp-dial.h"

#include <glib-unix.h>

#include "qmp/qmp-source.h"

/* The pause between two tries doubles from the first to the last. */
#define FIRST_PAUSE_MS 2
#define LAST_PAUSE_MS 250

struct QmpDial {
    GSocketAddress *address;
    QmpDialRetry retry;
    GMainContext *context;
    QmpDialFunc done;
    gpointer user_data;
    GSocket *socket;
    GSource *source; /* start, pause, or connect() in progress */
    guint pause_ms;
    GError *last_error;
};

static void
set_source (QmpDial *self, GSource *source, GSourceFunc callback)
{
    qmp_source_clear (&self->source);
    self->source = source;
    if (!source)
        return;
    g_source_set_callback (source, callback, self, NULL);
    g_source_attach (source, self->context);
}

static gboolean
passes (const QmpDial *self, const GError *error)
{
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return TRUE;
    if (self->retry != QMP_DIAL_STARTING)
        return FALSE;
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
           g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static gboolean try_connect (gpointer user_data);

static void
fail_try (QmpDial *self, GError *error)
{
    g_clear_object (&self->socket);
    g_clear_error (&self->last_error);
    self->last_error = error;
    if (!passes (self, error)) {
        set_source (self, NULL, NULL);
        self->done (NULL, error, self->user_data);
        return;
    }
    set_source (self, g_timeout_source_new (self->pause_ms), try_connect);
    self->pause_ms = MIN (self->pause_ms * 2, LAST_PAUSE_MS);
}

static void
succeed (QmpDial *self)
{
    set_source (self, NULL, NULL);
    self->done (g_steal_pointer (&self->socket), NULL, self->user_data);
}

static gboolean
on_connected (int fd, GIOCondition condition, gpointer user_data)
{
    QmpDial *self = user_data;
    GError *error = NULL;

    if (g_socket_check_connect_result (self->socket, &error))
        succeed (self);
    else
        fail_try (self, error);
    return G_SOURCE_REMOVE;
}

static gboolean
try_connect (gpointer user_data)
{
    QmpDial *self = user_data;
    GError *error = NULL;

    self->socket = g_socket_new (g_socket_address_get_family (self->address), G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, &error);
    if (!self->socket) {
        fail_try (self, error);
        return G_SOURCE_REMOVE;
    }
    g_socket_set_blocking (self->socket, FALSE);
    if (g_socket_connect (self->socket, self->address, NULL, &error)) {
        succeed (self);
    } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING)) {
        g_clear_error (&error);
        set_source (self, g_unix_fd_source_new (g_socket_get_fd (self->socket), G_IO_OUT),
                    G_SOURCE_FUNC (on_connected));
    } else {
        fail_try (self, error);
    }
    return G_SOURCE_REMOVE;
}

QmpDial *
qmp_dial_new (GSocketAddress *address, QmpDialRetry retry, GMainContext *context, QmpDialFunc done,
              gpointer user_data)
{
    QmpDial *self = g_new0 (QmpDial, 1);
    GSource *start = g_idle_source_new ();

    self->address = g_object_ref (address);
    self->retry = retry;
    self->context = g_main_context_ref (context);
    self->done = done;
    self->user_data = user_data;
    self->pause_ms = FIRST_PAUSE_MS;
    g_source_set_priority (start, G_PRIORITY_DEFAULT);
    set_source (self, start, try_connect);
    return self;
}

void
qmp_dial_free (QmpDial *self)
{
    if (!self)
        return;
    set_source (self, NULL, NULL);
    g_clear_object (&self->socket);
    g_clear_error (&self->last_error);
    g_object_unref (self->address);
    g_main_context_unref (self->context);
    g_free (self);
}

const GError *
qmp_dial_get_last_error (const QmpDial *self)
{
    return self->last_error;
}
