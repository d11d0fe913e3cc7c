/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the servers and clients of the shared socket's tests. */
#include "integration/shared-rig.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/wait.h"

#define HOLD                                                                                       \
    "{\"execute\":\"blockdev-add\",\"id\":\"held\",\"arguments\":{\"driver\":\"blkdebug\","        \
    "\"node-name\":\"held\",\"config\":\"%s\",\"image\":{\"driver\":\"null-co\"}}}"

/* QEMU greets as soon as its socket is there, and one that is slow to start may forget what it was
 * told until then: QmpClient copes with that, and plain bytes come after it. */
static void
start_emulator (Rig *rig)
{
    g_autofree char *second = NULL;

    rig->qemu = process_new ();
    rig->second_path = g_build_filename (rig->qemu->dir, "second", NULL);
    second = g_strdup_printf ("socket,id=n,path=%s,server=on,wait=off", rig->second_path);
    process_run (rig->qemu,
                 (const char *const[]){ RIG_QEMU, "-machine", "none", "-nodefaults", "-display",
                                        "none", "-chardev", "socket,id=m,fd=3,server=on,wait=off",
                                        "-mon", "chardev=m,mode=control", "-chardev", second,
                                        "-mon", "chardev=n,mode=control", NULL },
                 process_listen (rig->qemu));
    rig->upstream = process_connect (rig->qemu, QMP_CLIENT_WANT_OOB);
}

Rig *
rig_new (RigServer server)
{
    Rig *rig = g_new0 (Rig, 1);
    g_autoptr (GError) error = NULL;

    rig->server = server;
    start_emulator (rig);
    if (server == RIG_QEMU_ITSELF) {
        qmp_client_close (rig->upstream, NULL);
        g_clear_object (&rig->upstream);
        rig->path = g_strdup (rig->qemu->path);
        return rig;
    }
    rig->path = g_build_filename (rig->qemu->dir, "shared", NULL);
    rig->observer_path = g_build_filename (rig->qemu->dir, "ro", NULL);
    rig->transcript_path = g_build_filename (rig->qemu->dir, "log", NULL);
    rig->shared = shared_socket_new (rig->path, rig->observer_path, rig->transcript_path, &error);
    ck_assert_msg (rig->shared != NULL, "%s", error ? error->message : "");
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
    g_free (rig->second_path);
    g_free (rig->observer_path);
    g_free (rig->transcript_path);
    g_free (rig);
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
