/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the listening socket, those who have not asked yet, and the answers. */
#include "netns/lend.h"

#include "base/error.h"
#include "base/file.h"
#include "host/network/netns.h"
#include "host/socket.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

/* Limit: who connects and does not ask.  Whoever comes then is turned away; the
 * socket lies in a private folder, so it is one of the lab's own that dawdles. */
#define CLIENTS_MAX 32

typedef struct {
    Lender *lender;
    int fd;
    guint source;
} Client;

struct Lender {
    char *path;
    int fd;
    guint source;
    GPtrArray *clients; /* Client */
};

static void
client_free (gpointer data)
{
    Client *client = data;

    if (client->source)
        g_source_remove (client->source);
    close (client->fd);
    g_free (client);
}

static void
send_fd (int to, int fd)
{
    char control[CMSG_SPACE (sizeof fd)] = { 0 };
    char word = NETNS_LENT;
    struct iovec piece = { &word, 1 };
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    struct cmsghdr *part = CMSG_FIRSTHDR (&message);

    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN (sizeof fd);
    memcpy (CMSG_DATA (part), &fd, sizeof fd);
    sendmsg (to, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
send_refusal (int to, const char *sentence)
{
    g_autofree char *text = g_strdup_printf ("%c%.*s", NETNS_REFUSED, NETNS_SENTENCE_MAX, sentence);

    send (to, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
answer (int client, char wanted)
{
    g_autoptr (GError) error = NULL;
    g_auto (AutoFd) fd = -1;

    if (wanted == NETNS_WANT_RTNETLINK)
        fd = netns_open_rtnetlink (NULL, &error);
    else if (wanted == NETNS_WANT_TUN)
        fd = netns_open_tun (NULL, &error);
    else
        g_set_error (&error, ROOST_ERROR, ROOST_ERROR_FAILED, "nothing is known under '%c'",
                     g_ascii_isprint (wanted) ? wanted : '?');
    if (fd >= 0)
        send_fd (client, fd);
    else
        send_refusal (client, error->message);
}

/* One question a connection; the end of the connection ends the answer. */
static gboolean
on_question (gint fd, GIOCondition condition, gpointer user_data)
{
    Client *client = user_data;
    char wanted;

    client->source = 0;
    if (recv (fd, &wanted, 1, MSG_DONTWAIT) == 1)
        answer (fd, wanted);
    g_ptr_array_remove_fast (client->lender->clients, client);
    return G_SOURCE_REMOVE;
}

static gboolean
on_client (gint listener, GIOCondition condition, gpointer user_data)
{
    Lender *lender = user_data;
    int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    Client *client;

    if (fd < 0)
        return G_SOURCE_CONTINUE;
    if (lender->clients->len >= CLIENTS_MAX) {
        send_refusal (fd, "too many have connected and not asked");
        close (fd);
        return G_SOURCE_CONTINUE;
    }
    client = g_new0 (Client, 1);
    *client = (Client){ lender, fd, 0 };
    client->source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP, on_question, client);
    g_ptr_array_add (lender->clients, client);
    return G_SOURCE_CONTINUE;
}

Lender *
lender_new (const char *path, GError **error)
{
    int fd = socket_listen (path, error);
    Lender *lender;

    if (fd < 0)
        return NULL;
    lender = g_new0 (Lender, 1);
    lender->path = g_strdup (path);
    lender->fd = fd;
    lender->clients = g_ptr_array_new_with_free_func (client_free);
    lender->source = g_unix_fd_add (fd, G_IO_IN, on_client, lender);
    return lender;
}

void
lender_free (Lender *lender)
{
    if (!lender)
        return;
    g_source_remove (lender->source);
    g_ptr_array_unref (lender->clients);
    close (lender->fd);
    socket_remove (lender->path);
    g_free (lender->path);
    g_free (lender);
}
