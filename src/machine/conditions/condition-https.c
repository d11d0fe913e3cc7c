/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the condition https: a server answers a TLS handshake at a forward.
 *
 * The greeting of a client is sent, and what comes back has to be of TLS: the
 * server's greeting, or its refusal of this one.  That needs no library and no
 * certificate, and a port that only accepts does not pass.  What does not
 * answer is tried again once a second.
 */
#include "machine/conditions/condition-private.h"

#include "base/file.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>

#define TRY_INTERVAL_MS 1000
#define RENEW 10 /* tries after which a silent connection is given up for a new one */
#define RECORD_ALERT 0x15
#define RECORD_HANDSHAKE 0x16
#define ANSWER_SIZE 2 /* type of the record, 3 for every TLS */

/* clang-format off */
/* A ClientHello of TLS 1.2 with ciphers that servers have had since 2008. */
static const guint8 client_hello[] = {
    RECORD_HANDSHAKE, 3, 1, 0, 103, /* the record */
    1, 0, 0, 99, 3, 3,              /* ClientHello, TLS 1.2; a random number: */
    0x72, 0x6f, 0x6f, 0x73, 0x74, 0x20, 0x61, 0x73, 0x6b, 0x73, 0x20, 0x77, 0x68, 0x65, 0x74, 0x68,
    0x65, 0x72, 0x20, 0x79, 0x6f, 0x75, 0x20, 0x61, 0x72, 0x65, 0x20, 0x68, 0x65, 0x72, 0x65, 0x3f,
    0,                              /* no session */
    0, 24,                          /* ciphers */
    0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30, 0xc0, 0x09, 0xc0, 0x13,
    0xc0, 0x0a, 0xc0, 0x14, 0x00, 0x9c, 0x00, 0x9d, 0x00, 0x2f, 0x00, 0x35,
    1, 0,                           /* no compression */
    0, 34,                          /* extensions: groups, points, signatures */
    0, 10, 0, 8, 0, 6, 0, 29, 0, 23, 0, 24,
    0, 11, 0, 2, 1, 0,
    0, 13, 0, 12, 0, 10, 4, 3, 4, 1, 5, 1, 2, 1, 2, 3,
};
/* clang-format on */
G_STATIC_ASSERT (sizeof client_hello == 5 + 103);

typedef enum { HTTPS_SILENT, HTTPS_REFUSED, HTTPS_STRANGE } HttpsOutcome;

typedef struct {
    int fd;
    guint timer; /* source: once a second */
    guint watch; /* source: of fd */
    guint age;   /* tries that this connection is old */
    guint8 answer[ANSWER_SIZE];
    gsize length;
    HttpsOutcome last; /* what the connection before came to */
} Https;

static void
drop (Https *https)
{
    if (https->watch)
        g_source_remove (https->watch);
    https->watch = 0;
    auto_fd_close (https->fd);
    https->fd = -1;
    https->length = 0;
    https->age = 0;
}

static gboolean
is_tls (const Https *https)
{
    return (https->answer[0] == RECORD_HANDSHAKE || https->answer[0] == RECORD_ALERT) &&
           https->answer[1] == 3;
}

static gboolean
readable (gint fd, GIOCondition io, gpointer user_data)
{
    Condition *condition = user_data;
    Https *https = condition->data;
    gssize n = recv (fd, https->answer + https->length, ANSWER_SIZE - https->length, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (n > 0 && (https->length += n) < ANSWER_SIZE)
        return G_SOURCE_CONTINUE;
    https->last = n > 0 ? HTTPS_STRANGE : HTTPS_REFUSED;
    if (n > 0 && is_tls (https))
        condition_hold (condition);
    https->watch = 0; /* this one */
    drop (https);
    return G_SOURCE_REMOVE;
}

static gboolean
writable (gint fd, GIOCondition io, gpointer user_data)
{
    Condition *condition = user_data;
    Https *https = condition->data;
    gssize n = send (fd, client_hello, sizeof client_hello, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    https->watch = 0; /* this one */
    /* an empty socket takes the whole of it at once, or it is broken */
    if (n == (gssize)sizeof client_hello) {
        https->watch = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, condition);
    } else {
        https->last = HTTPS_REFUSED;
        drop (https);
    }
    return G_SOURCE_REMOVE;
}

static gboolean
try_again (gpointer user_data)
{
    Condition *condition = user_data;
    Https *https = condition->data;
    const ForwardRecord *forward = condition_forward (condition);

    if (condition->holds) {
        https->timer = 0;
        return G_SOURCE_REMOVE;
    }
    if (https->fd >= 0 && ++https->age >= RENEW) {
        https->last = HTTPS_SILENT;
        drop (https);
    }
    if (https->fd < 0 && forward && forward->bound_port > 0) {
        https->fd = condition_connect (forward);
        if (https->fd >= 0)
            https->watch =
                g_unix_fd_add (https->fd, G_IO_OUT | G_IO_HUP | G_IO_ERR, writable, condition);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
https_begin (Condition *condition, GError **error)
{
    Https *https = g_new0 (Https, 1);

    https->fd = -1;
    condition->data = https;
    if (!condition_check_forward (condition, error))
        return FALSE;
    https->timer = g_timeout_add (TRY_INTERVAL_MS, try_again, condition);
    try_again (condition);
    return TRUE;
}

static void
https_end (Condition *condition)
{
    Https *https = condition->data;

    drop (https);
    if (https->timer)
        g_source_remove (https->timer);
    g_free (https);
}

static char *
https_explain (const Condition *condition)
{
    static const char *const outcomes[] = {
        [HTTPS_SILENT] = "no TLS server answers",
        [HTTPS_REFUSED] = "connections are refused or closed",
        [HTTPS_STRANGE] = "what answers does not speak TLS",
    };
    const Https *https = condition->data;
    g_autofree char *forward = condition_describe_forward (condition);

    if (!condition_forward (condition))
        return g_steal_pointer (&forward);
    return g_strdup_printf ("%s: %s", forward, outcomes[https->last]);
}

const ConditionOps condition_https = { https_begin, https_end, https_explain };
