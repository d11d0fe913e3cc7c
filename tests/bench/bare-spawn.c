/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bare way to start machines, which `roost up` is measured against: reads
 * what `roost argv --json` prints from standard input, starts all of it at once
 * (or at most as many at a time as the argument says), each with a listening QMP socket at
 * descriptor 3, and prints how many milliseconds passed until every one has answered
 * qmp_capabilities.  Then it ends them.  Nothing is kept, logged or watched here. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define QMP_FD 3
#define DEADLINE_MS (120 * 1000)
#define ANSWER_MAX 4096
#define CAPABILITIES "{\"execute\":\"qmp_capabilities\"}\n"

extern char **environ;

typedef struct {
    GStrv argv;
    pid_t pid;
    int connection;
    gboolean greeted;
    gboolean answered;
    gsize length;
    char text[ANSWER_MAX];
} Bare;

static GPtrArray *
read_machines (void)
{
    GPtrArray *machines = g_ptr_array_new ();
    g_autofree char *line = NULL;
    size_t size = 0;

    while (getline (&line, &size, stdin) > 0) {
        g_autoptr (JsonNode) node = json_from_string (line, NULL);
        JsonArray *words = json_object_get_array_member (json_node_get_object (node), "argv");
        Bare *bare = g_new0 (Bare, 1);

        bare->argv = g_new0 (char *, json_array_get_length (words) + 1);
        for (guint i = 0; i < json_array_get_length (words); i++)
            bare->argv[i] = g_strdup (json_array_get_string_element (words, i));
        g_ptr_array_add (machines, bare);
    }
    return machines;
}

/* a listening socket in @dir and a connection to it */
static int
listen_and_connect (const char *dir, guint number, int *ret_connection)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    *ret_connection = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_snprintf (address.sun_path, sizeof address.sun_path, "%s/%u", dir, number);
    if (listener < 0 || bind (listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen (listener, 1) < 0 ||
        connect (*ret_connection, (struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    return listener;
}

static gboolean
start (Bare *bare, const char *dir, guint number)
{
    g_auto (AutoFd) listener = listen_and_connect (dir, number, &bare->connection);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int result;

    if (listener < 0)
        return FALSE;
    posix_spawn_file_actions_init (&actions);
    posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen (&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2 (&actions, listener, QMP_FD);
    /* the kernel may share the processors out by session, so each has its own
     * as it has under roost */
    posix_spawnattr_init (&attributes);
    posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID);
    result = posix_spawn (&bare->pid, bare->argv[0], &actions, &attributes, bare->argv, environ);
    posix_spawnattr_destroy (&attributes);
    posix_spawn_file_actions_destroy (&actions);
    return result == 0;
}

/* FALSE: it has ended */
static gboolean
take_input (Bare *bare)
{
    gssize n =
        read (bare->connection, bare->text + bare->length, sizeof bare->text - 1 - bare->length);

    if (n <= 0)
        return FALSE;
    bare->length += n;
    bare->text[bare->length] = '\0';
    if (!bare->greeted && strstr (bare->text, "\"QMP\"") && strchr (bare->text, '\n')) {
        bare->greeted = TRUE;
        if (write (bare->connection, CAPABILITIES, strlen (CAPABILITIES)) < 0)
            return FALSE;
    }
    bare->answered = strstr (bare->text, "\"return\"") != NULL;
    return TRUE;
}

/* Starts @machines, at most @limit that have not answered yet. */
static gboolean
start_all (GPtrArray *machines, const char *dir, guint limit)
{
    g_autofree struct pollfd *fds = g_new0 (struct pollfd, machines->len);
    guint started = 0, answered = 0;

    while (answered < machines->len) {
        for (; started < machines->len && started - answered < limit; started++) {
            Bare *bare = g_ptr_array_index (machines, started);

            if (!start (bare, dir, started))
                return FALSE;
            fds[started] = (struct pollfd){ .fd = bare->connection, .events = POLLIN };
        }
        if (poll (fds, started, DEADLINE_MS) <= 0)
            return FALSE;
        for (guint i = 0; i < started; i++) {
            Bare *bare = g_ptr_array_index (machines, i);

            if (!fds[i].revents)
                continue;
            if (!take_input (bare))
                return FALSE;
            if (bare->answered) {
                fds[i].fd = -1;
                answered++;
            }
        }
    }
    return TRUE;
}

static void
end_all (GPtrArray *machines)
{
    for (guint i = 0; i < machines->len; i++) {
        Bare *bare = g_ptr_array_index (machines, i);

        if (bare->pid > 0)
            kill (bare->pid, SIGKILL);
    }
    for (guint i = 0; i < machines->len; i++) {
        Bare *bare = g_ptr_array_index (machines, i);

        if (bare->pid > 0)
            waitpid (bare->pid, NULL, 0);
        g_strfreev (bare->argv);
        g_free (bare);
    }
}

int
main (int argc, char **argv)
{
    g_autoptr (GPtrArray) machines = read_machines ();
    g_autofree char *dir = g_dir_make_tmp ("bare-XXXXXX", NULL);
    guint limit = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : G_MAXUINT;
    gint64 begun;
    gboolean good = dir && machines->len > 0;

    /* the number that the children get stays taken, so that no socket is there */
    if (fcntl (QMP_FD, F_GETFD) < 0)
        dup2 (0, QMP_FD);
    fcntl (QMP_FD, F_SETFD, FD_CLOEXEC);
    begun = g_get_monotonic_time ();
    good = good && start_all (machines, dir, limit);
    if (good)
        printf ("%.1f\n", (g_get_monotonic_time () - begun) / 1000.0);
    else
        fprintf (stderr, "bare-spawn: %s\n", g_strerror (errno));
    end_all (machines);
    for (guint i = 0; dir && i < machines->len; i++) {
        g_autofree char *path = g_strdup_printf ("%s/%u", dir, i);

        unlink (path);
    }
    if (dir)
        rmdir (dir);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
