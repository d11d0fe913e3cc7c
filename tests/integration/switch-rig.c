/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the process under test and its directory; knows nothing of the switch but
 * its command line, its sockets and its document. */
#include "integration/switch-rig.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_FD 9

static void
add_word (SwitchRig *rig, const char *word)
{
    g_ptr_array_add (rig->argv, g_strdup (word));
}

void
rig_init (SwitchRig *rig, const char *ageing)
{
    const char *const words[] = { "roost-switch", "--name", "lan", "--ageing", ageing };

    *rig = (SwitchRig){ .dir = g_dir_make_tmp ("roost-sw-XXXXXX", NULL) };
    if (!rig->dir)
        g_error ("no private directory: %s", g_strerror (errno));
    rig->control = g_build_filename (rig->dir, "lan.control", NULL);
    rig->stderr_path = g_build_filename (rig->dir, "stderr", NULL);
    rig->argv = g_ptr_array_new_with_free_func (g_free);
    for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        add_word (rig, words[i]);
    add_word (rig, "--control");
    add_word (rig, rig->control);
}

void
rig_clear (SwitchRig *rig)
{
    GDir *dir;
    const char *name;

    if (rig->pid)
        rig_end (rig, SIGKILL);
    dir = g_dir_open (rig->dir, 0, NULL);
    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (rig->dir, name, NULL);

        g_unlink (path);
    }
    if (dir)
        g_dir_close (dir);
    g_rmdir (rig->dir);
    g_free (rig->dir);
    g_free (rig->control);
    g_free (rig->stderr_path);
    g_ptr_array_unref (rig->argv);
}

char *
rig_path (const SwitchRig *rig, const char *port, const char *side)
{
    g_autofree char *base = g_strdelimit (g_strdup (port), "/", '.');

    return g_strdup_printf ("%s/%s.%s", rig->dir, base, side);
}

void
rig_add_port (SwitchRig *rig, const char *name, const char *words)
{
    g_autofree char *local = rig_path (rig, name, "s");
    g_autofree char *remote = rig_path (rig, name, "m");
    g_auto (GStrv) more = g_strsplit (words ? words : "", " ", -1);
    const char *const port[] = { "--port", name, "--local", local, "--remote", remote };

    for (gsize i = 0; i < G_N_ELEMENTS (port); i++)
        add_word (rig, port[i]);
    for (gsize i = 0; more[i]; i++)
        add_word (rig, more[i]);
}

static void
exec_switch (const SwitchRig *rig, char **argv, int ready)
{
    const char *program = g_getenv ("ROOST");
    int log = open (rig->stderr_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    struct rlimit files;

    /* the usual limit, whatever it is here */
    if (getrlimit (RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = MIN (files.rlim_cur, 1024);
        setrlimit (RLIMIT_NOFILE, &files);
    }

    dup2 (log, STDERR_FILENO);
    dup2 (ready, READY_FD); /* without close-on-exec */
    execv (program ? program : "src/roost", argv);
    _exit (127);
}

gboolean
rig_start (SwitchRig *rig)
{
    g_autofree char *number = g_strdup_printf ("%d", READY_FD);
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    struct pollfd wait = { .events = POLLIN };
    int ready[2];
    char byte;

    if (pipe2 (ready, O_CLOEXEC) < 0)
        g_error ("pipe: %s", g_strerror (errno));
    for (guint i = 0; i < rig->argv->len; i++)
        g_ptr_array_add (argv, rig->argv->pdata[i]);
    g_ptr_array_add (argv, (gpointer) "--ready-fd");
    g_ptr_array_add (argv, number);
    g_ptr_array_add (argv, NULL);
    rig->pid = fork ();
    if (rig->pid == 0)
        exec_switch (rig, (char **)argv->pdata, ready[1]);
    close (ready[1]);
    wait.fd = ready[0];
    if (poll (&wait, 1, RIG_DEADLINE) != 1)
        g_error ("the switch neither starts nor ends");
    if (read (ready[0], &byte, 1) != 1)
        byte = '\0';
    close (ready[0]);
    return byte != '\0';
}

int
rig_end (SwitchRig *rig, int signal)
{
    int status;

    if (signal)
        kill (rig->pid, signal);
    while (waitpid (rig->pid, &status, 0) < 0 && errno == EINTR)
        ;
    rig->pid = 0;
    return status;
}

char *
rig_stderr (const SwitchRig *rig)
{
    char *text = NULL;

    g_file_get_contents (rig->stderr_path, &text, NULL, NULL);
    return text ? text : g_strdup ("");
}

static struct sockaddr_un
make_address (const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen (path) >= sizeof address.sun_path)
        g_error ("%s: too long for a socket; set TMPDIR", path);
    strcpy (address.sun_path, path);
    return address;
}

int
rig_connect (const SwitchRig *rig)
{
    struct sockaddr_un address = make_address (rig->control);
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close (fd);
    return -1;
}

JsonNode *
rig_status (const SwitchRig *rig)
{
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    int fd = rig_connect (rig);
    JsonNode *node;
    char part[4096];
    gssize n;

    if (fd < 0)
        g_error ("the control socket does not answer: %s", g_strerror (errno));
    while ((n = read (fd, part, sizeof part)) > 0)
        g_string_append_len (text, part, n);
    close (fd);
    node = json_from_string (text->str, &error);
    if (!node || n < 0)
        g_error ("no document: %s", error ? error->message : g_strerror (errno));
    return node;
}

static JsonObject *
find_port (JsonObject *root, const char *name)
{
    JsonArray *ports = json_object_get_array_member (root, "ports");

    for (guint i = 0; i < json_array_get_length (ports); i++) {
        JsonObject *port = json_array_get_object_element (ports, i);

        if (g_str_equal (json_object_get_string_member (port, "name"), name))
            return port;
    }
    g_error ("the document has no port %s", name);
}

gint64
rig_counter (const SwitchRig *rig, const char *port, const char *counter)
{
    g_autoptr (JsonNode) node = rig_status (rig);
    JsonObject *root = json_node_get_object (node);
    JsonObject *object =
        port ? find_port (root, port) : json_object_get_object_member (root, "counters");

    if (!json_object_has_member (object, counter))
        g_error ("the document has no %s", counter);
    return json_object_get_int_member (object, counter);
}

void
rig_wait_counter (const SwitchRig *rig, const char *port, const char *counter, gint64 value)
{
    gint64 end = g_get_monotonic_time () + RIG_DEADLINE * G_TIME_SPAN_MILLISECOND;

    while (rig_counter (rig, port, counter) < value)
        if (g_get_monotonic_time () > end)
            g_error ("%s %s is %" G_GINT64_FORMAT " and does not become %" G_GINT64_FORMAT,
                     port ? port : "switch", counter, rig_counter (rig, port, counter), value);
}

void
rig_wait_received (const SwitchRig *rig, const char *port, gint64 n)
{
    gint64 end = g_get_monotonic_time () + RIG_DEADLINE * G_TIME_SPAN_MILLISECOND;

    while (rig_counter (rig, port, "rx_frames") + rig_counter (rig, port, "rx_errors") < n)
        if (g_get_monotonic_time () > end)
            g_error ("%s: %" G_GINT64_FORMAT " frames do not arrive", port, n);
}

int
rig_endpoint (const SwitchRig *rig, const char *port)
{
    g_autofree char *path = rig_path (rig, port, "m");
    struct sockaddr_un address = make_address (path);
    int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_unlink (path);
    if (bind (fd, (struct sockaddr *)&address, sizeof address) < 0)
        g_error ("binding %s: %s", path, g_strerror (errno));
    return fd;
}

/* QEMU sends in the same way: by path, on a socket that is not connected.  Such
 * a socket cannot be polled for room at the other end, so this tries again. */
void
rig_send (const SwitchRig *rig, int fd, const char *port, gconstpointer frame, gsize length)
{
    g_autofree char *path = rig_path (rig, port, "s");
    struct sockaddr_un address = make_address (path);
    gint64 end = g_get_monotonic_time () + RIG_DEADLINE * G_TIME_SPAN_MILLISECOND;

    while (sendto (fd, frame, length, 0, (struct sockaddr *)&address, sizeof address) < 0) {
        if (errno != EAGAIN || g_get_monotonic_time () > end)
            g_error ("sending to %s: %s", path, g_strerror (errno));
        sched_yield ();
    }
}

gsize
rig_receive (int fd, gpointer frame, gsize size, int timeout)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    gssize n;

    if (poll (&wait, 1, timeout) != 1)
        return 0;
    n = recv (fd, frame, size, MSG_DONTWAIT);
    return n < 0 ? 0 : n;
}

gsize
rig_frame (guint8 *frame, guint8 destination, guint8 source, int tci, gsize length)
{
    const guint8 to[6] = { 2, 0, 0, 0, 0, destination };
    const guint8 from[6] = { 2, 0, 0, 0, 0, source };
    gsize at = 12;

    memcpy (frame, to, 6);
    memcpy (frame + 6, from, 6);
    if (destination == 0xff)
        memset (frame, 0xff, 6);
    if (tci >= 0) {
        const guint8 tag[4] = { 0x81, 0, tci >> 8, tci & 0xff };

        memcpy (frame + at, tag, sizeof tag);
        at += sizeof tag;
    }
    frame[at++] = 0x08;
    frame[at++] = 0x00;
    while (at < length) {
        frame[at] = at;
        at++;
    }
    return at;
}
