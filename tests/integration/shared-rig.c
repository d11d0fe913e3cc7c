/* Owns the servers and clients of the shared socket's tests. */
#include "integration/shared-rig.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/wait.h"

#define HOLD                                                                                       \
    "{\"execute\":\"blockdev-add\",\"id\":\"held\",\"arguments\":{\"driver\":\"blkdebug\","        \
    "\"node-name\":\"held\",\"config\":\"%s\",\"image\":{\"driver\":\"null-co\"}}}"

static const char *const argv[] = { RIG_QEMU,   "-machine",
                                    "none",     "-nodefaults",
                                    "-display", "none",
                                    "-chardev", "socket,id=m,fd=3,server=on,wait=off",
                                    "-mon",     "chardev=m,mode=control",
                                    NULL };

Rig *
rig_new (RigServer server)
{
    Rig *rig = g_new0 (Rig, 1);
    g_autoptr (GError) error = NULL;

    rig->server = server;
    rig->qemu = process_start (argv);
    rig->path = g_strdup (rig->qemu->path);
    if (server == RIG_QEMU_ITSELF)
        return rig;
    g_free (rig->path);
    rig->path = g_build_filename (rig->qemu->dir, "shared", NULL);
    rig->observer_path = g_build_filename (rig->qemu->dir, "ro", NULL);
    rig->transcript_path = g_build_filename (rig->qemu->dir, "log", NULL);
    rig->shared = shared_socket_new (rig->path, rig->observer_path, rig->transcript_path, &error);
    ck_assert_msg (rig->shared != NULL, "%s", error ? error->message : "");
    rig->upstream = process_connect (rig->qemu, QMP_CLIENT_WANT_OOB);
    shared_socket_set_upstream (rig->shared, rig->upstream);
    return rig;
}

void
rig_free (Rig *rig)
{
    shared_socket_free (rig->shared);
    if (rig->upstream)
        qmp_client_close (rig->upstream, NULL);
    g_clear_object (&rig->upstream);
    process_free (rig->qemu);
    g_free (rig->path);
    g_free (rig->observer_path);
    g_free (rig->transcript_path);
    g_free (rig);
}

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
talk_new (Rig *rig, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    Talk *talk = g_new0 (Talk, 1);

    talk->got = g_string_new (NULL);
    talk->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy (address.sun_path, path ? path : rig->path, sizeof address.sun_path);
    ck_assert_int_eq (connect (talk->fd, (struct sockaddr *)&address, sizeof address), 0);
    g_unix_set_fd_nonblocking (talk->fd, TRUE, NULL);
    talk->watch = g_unix_fd_add (talk->fd, G_IO_IN | G_IO_HUP, on_readable, talk);
    return talk;
}

Talk *
talk_ready (Rig *rig, const char *negotiation)
{
    Talk *talk = talk_new (rig, NULL);

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

static gboolean
keep_turning (gpointer data)
{
    return G_SOURCE_CONTINUE;
}

/* QEMU opens the FIFO as a file with settings, and waits in that for somebody to write. */
void
rig_hold (Rig *rig, Talk *talk)
{
    g_autofree char *path = g_build_filename (rig->qemu->dir, "fifo", NULL);
    g_autofree char *text = g_strdup_printf (HOLD, path);
    guint turning;

    ck_assert_int_eq (mkfifo (path, 0600), 0);
    talk_say (talk, text);
    /* there is nobody at the other end until QEMU has come to the command, and nothing tells */
    turning = g_timeout_add (1, keep_turning, NULL);
    ck_wait ((rig->held = open (path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) >= 0);
    g_source_remove (turning);
}

void
rig_release (Rig *rig)
{
    close (rig->held);
}
