/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns clients in plain bytes. */
#include "fault/talk.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/wait.h"

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    Talk *talk = data;
    char bytes[65536];
    ssize_t n = read (fd, bytes, sizeof bytes);

    if (n > 0) {
        g_string_append_len (talk->got, bytes, n);
        return G_SOURCE_CONTINUE;
    }
    if (n < 0 && errno == EAGAIN)
        return G_SOURCE_CONTINUE;
    talk->ended = TRUE;
    talk->watch = 0;
    return G_SOURCE_REMOVE;
}

Talk *
talk_new (const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    Talk *talk = g_new0 (Talk, 1);

    talk->got = g_string_new (NULL);
    talk->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    ck_assert_int_eq (connect (talk->fd, (struct sockaddr *)&address, sizeof address), 0);
    g_unix_set_fd_nonblocking (talk->fd, TRUE, NULL);
    talk->watch = g_unix_fd_add (talk->fd, G_IO_IN | G_IO_HUP, on_readable, talk);
    return talk;
}

Talk *
talk_ready (const char *path, const char *negotiation)
{
    Talk *talk = talk_new (path);

    talk_expect_part (talk, "{\"QMP\": ");
    talk_say (talk, negotiation);
    talk_expect (talk, "{\"return\": {}, \"id\": \"caps\"}");
    return talk;
}

void
talk_free (Talk *talk)
{
    if (talk->watch)
        g_source_remove (talk->watch);
    close (talk->fd);
    g_string_free (talk->got, TRUE);
    g_free (talk);
}

void
talk_send (Talk *talk, const char *text, gssize length, const int *fds, guint n_fds)
{
    gsize left = length < 0 ? strlen (text) : (gsize)length;

    while (left > 0) {
        struct iovec vector = { (char *)text, left };
        char control[CMSG_SPACE (sizeof (int) * 253)] = { 0 };
        struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
        ssize_t n;

        if (n_fds) {
            struct cmsghdr *header;

            message.msg_control = control;
            message.msg_controllen = CMSG_SPACE (sizeof (int) * n_fds);
            header = CMSG_FIRSTHDR (&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN (sizeof (int) * n_fds);
            memcpy (CMSG_DATA (header), fds, sizeof (int) * n_fds);
        }
        n = sendmsg (talk->fd, &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            g_main_context_iteration (NULL, FALSE);
            continue;
        }
        ck_assert_msg (n > 0, "sending: %s", g_strerror (errno));
        n_fds = 0;
        text += n;
        left -= n;
    }
}

void
talk_say (Talk *talk, const char *text)
{
    talk_send (talk, text, -1, NULL, 0);
}

static gboolean
has_line (gpointer data)
{
    Talk *talk = data;

    return talk->ended || strstr (talk->got->str + talk->at, "\r\n");
}

char *
talk_line (Talk *talk)
{
    const char *start, *end;

    ck_assert_msg (wait_until (has_line, talk, WAIT_DEADLINE_MS), "no line after: %s",
                   talk->got->str);
    start = talk->got->str + talk->at;
    end = strstr (start, "\r\n");
    if (!end)
        return NULL;
    talk->at += end - start + 2;
    return g_strndup (start, end - start);
}

void
talk_expect (Talk *talk, const char *line)
{
    g_autofree char *got = talk_line (talk);

    ck_assert_pstr_eq (got, line);
}

void
talk_expect_part (Talk *talk, const char *part)
{
    g_autofree char *got = talk_line (talk);

    ck_assert_msg (got && strstr (got, part), "%s is not in: %s", part, got ? got : "(the end)");
}

void
talk_expect_nothing (Talk *talk)
{
    talk_say (talk, "{\"execute\":\"query-name\",\"id\":\"nothing\"}");
    talk_expect (talk, "{\"return\": {}, \"id\": \"nothing\"}");
    ck_assert_str_eq (talk->got->str + talk->at, "");
}

void
talk_expect_end (Talk *talk)
{
    g_autofree char *got = talk_line (talk);

    ck_assert_pstr_eq (got, NULL);
}
