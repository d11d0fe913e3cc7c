/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the condition tcp: the guest itself takes a connection at a forward.
 *
 * The emulator accepts on the host at once and only then asks the guest, so a
 * connection is opened and the emulator is asked whether the guest has taken
 * it.  Nobody tells of that; it is looked at once a second.
 */
#include "machine/conditions/condition-private.h"

#include "base/file.h"
#include "machine/hmp.h"
#include "machine/usernet.h"

#include <errno.h>
#include <sys/socket.h>

#define LOOK_INTERVAL_MS 1000
#define ANSWER_MS 50 /* from connecting to asking: a guest that listens has answered by then */
#define RENEW 3      /* looks after which a connection is tried anew */
#define COMMAND_TIMEOUT_MS (30 * 1000)

typedef struct {
    int fd;
    guint timer; /* source: once a second */
    guint soon;  /* source: after ANSWER_MS */
    guint age;   /* looks */
    gboolean asking;
    gboolean refused; /* at the last look */
    GCancellable *cancellable;
} Tcp;

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = hmp_run_finish (QMP_CLIENT (source), result, &error);
    Condition *condition = user_data;
    const ForwardRecord *forward;
    g_autoptr (GPtrArray) rows = NULL;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the condition is gone */
    ((Tcp *)condition->data)->asking = FALSE;
    forward = condition_forward (condition);
    if (!text || !forward)
        return;
    rows = usernet_parse (text);
    if (usernet_is_connected (rows, forward))
        condition_hold (condition);
}

static gboolean
ask (gpointer user_data)
{
    Condition *condition = user_data;
    Tcp *tcp = condition->data;

    tcp->soon = 0;
    if (!condition->holds && !tcp->asking &&
        qmp_client_get_state (condition->site->qmp) == QMP_CLIENT_READY) {
        tcp->asking = TRUE;
        hmp_run_async (condition->site->qmp, "info usernet", COMMAND_TIMEOUT_MS, tcp->cancellable,
                       answered, condition);
    }
    return G_SOURCE_REMOVE;
}

/* the guest refused, and the emulator passed the refusal on */
static gboolean
was_refused (const Tcp *tcp)
{
    char byte;
    gssize n = recv (tcp->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return n == 0 || (n < 0 && errno != EAGAIN);
}

static gboolean
look (gpointer user_data)
{
    Condition *condition = user_data;
    Tcp *tcp = condition->data;
    const ForwardRecord *forward = condition_forward (condition);

    if (condition->holds) {
        tcp->timer = 0;
        return G_SOURCE_REMOVE;
    }
    tcp->refused = tcp->fd >= 0 && was_refused (tcp);
    if (tcp->fd < 0 || tcp->refused || ++tcp->age >= RENEW) {
        auto_fd_close (tcp->fd);
        tcp->fd = forward && forward->bound_port > 0 ? condition_connect (forward) : -1;
        tcp->age = 0;
    }
    if (!tcp->soon)
        tcp->soon = g_timeout_add (ANSWER_MS, ask, condition);
    return G_SOURCE_CONTINUE;
}

static gboolean
tcp_begin (Condition *condition, GError **error)
{
    Tcp *tcp = g_new0 (Tcp, 1);

    tcp->fd = -1;
    tcp->cancellable = g_cancellable_new ();
    condition->data = tcp;
    if (!condition_check_forward (condition, error))
        return FALSE;
    tcp->timer = g_timeout_add (LOOK_INTERVAL_MS, look, condition);
    look (condition);
    return TRUE;
}

static void
tcp_end (Condition *condition)
{
    Tcp *tcp = condition->data;

    if (tcp->timer)
        g_source_remove (tcp->timer);
    if (tcp->soon)
        g_source_remove (tcp->soon);
    auto_fd_close (tcp->fd);
    g_cancellable_cancel (tcp->cancellable);
    g_object_unref (tcp->cancellable);
    g_free (tcp);
}

static char *
tcp_explain (const Condition *condition)
{
    const Tcp *tcp = condition->data;
    g_autofree char *forward = condition_describe_forward (condition);

    if (!condition_forward (condition))
        return g_steal_pointer (&forward);
    return g_strdup_printf ("%s: the guest %s", forward,
                            tcp->refused ? "refuses connections" : "does not answer");
}

const ConditionOps condition_tcp = { tcp_begin, tcp_end, tcp_explain };
