/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the emulator of the shared socket's tests: it sees whole commands and nothing else. */
#include "fault/shared-world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "qmp/qmp-scan.h"
#include "unit/wait.h"

/* --- the emulator --- */

static guint64
check_command (World *world, const char *text)
{
    const QmpMember *id, *name;
    QmpObject object;
    gint64 number;

    ck_assert (qmp_scan_object (text, strlen (text), QMP_SCAN_STRICT, &object, NULL));
    name = qmp_object_find (&object, "execute");
    if (!name)
        name = qmp_object_find (&object, "exec-oob");
    id = qmp_object_find (&object, "id");
    ck_assert_msg (name && id, "QEMU got %s", text);
    ck_assert (qmp_slice_to_int64 (id->value, id->value_length, &number));
    world->n_bytes += strlen (text);
    world->n_commands++;
    return (guint64)number;
}

static gboolean
serve (gpointer user_data)
{
    World *world = user_data;

    while (world->emulator->commands->len > 0) {
        g_autofree char *text = g_ptr_array_steal_index (world->emulator->commands, 0);
        guint64 id = check_command (world, text);

        if (world->holds)
            g_array_append_val (world->held, id);
        else
            peer_return (world->emulator, id);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
has_commands (GSource *source)
{
    World *world = ((gpointer *)(source + 1))[0];

    return world->emulator && world->emulator->commands->len > 0;
}

static gboolean
prepare (GSource *source, int *timeout)
{
    *timeout = -1;
    return has_commands (source);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
    return callback (user_data);
}

void
world_connect (World *world)
{
    world->upstream = peer_connect (QMP_CLIENT_WANT_OOB, &world->emulator);
    world->n_bytes = world->emulator->n_bytes; /* of the negotiation */
    shared_socket_set_upstream (world->shared, world->upstream);
}

void
world_disconnect (World *world)
{
    if (world->emulator)
        ck_assert_uint_eq (world->n_bytes, world->emulator->n_bytes); /* and nothing between them */
    if (world->upstream)
        qmp_client_close (world->upstream, NULL);
    g_clear_object (&world->upstream);
    g_clear_pointer (&world->emulator, peer_free);
}

World *
world_new (void)
{
    static GSourceFuncs funcs = { .prepare = prepare, .check = has_commands, .dispatch = dispatch };
    World *world = g_new0 (World, 1);

    world->dir = g_dir_make_tmp ("shared-XXXXXX", NULL);
    world->path = g_build_filename (world->dir, "qmp", NULL);
    world->observers = g_build_filename (world->dir, "ro", NULL);
    world->transcript = g_build_filename (world->dir, "log", NULL);
    world->held = g_array_new (FALSE, FALSE, sizeof (guint64));
    world->shared = shared_socket_new (world->path, world->observers, world->transcript, NULL);
    ck_assert_ptr_nonnull (world->shared);
    world_connect (world);
    world->server = g_source_new (&funcs, sizeof (GSource) + sizeof (gpointer));
    ((gpointer *)(world->server + 1))[0] = world;
    g_source_set_callback (world->server, serve, world, NULL);
    g_source_attach (world->server, NULL);
    return world;
}

void
world_free (World *world)
{
    g_autofree char *older = g_strconcat (world->transcript, ".1", NULL);

    wait_settle ();
    shared_socket_free (world->shared);
    wait_settle ();
    world_disconnect (world);
    g_source_destroy (world->server);
    g_source_unref (world->server);
    g_unlink (world->transcript);
    g_unlink (older);
    ck_assert_int_eq (g_rmdir (world->dir), 0);
    g_array_unref (world->held);
    g_free (world->dir);
    g_free (world->path);
    g_free (world->observers);
    g_free (world->transcript);
    g_free (world);
}
void
world_release (World *world)
{
    world->holds = FALSE;
    for (guint i = 0; i < world->held->len; i++)
        peer_return (world->emulator, g_array_index (world->held, guint64, i));
    g_array_set_size (world->held, 0);
}

void
world_check_well (World *world)
{
    g_autoptr (Talk) talk = talk_ready (world->path, TALK_CAPS);

    talk_say (talk, NAME ("well"));
    talk_expect (talk, "{\"return\": {}, \"id\": \"well\"}");
}

guint
world_count_clients (World *world)
{
    SharedStats stats;

    shared_socket_get_stats (world->shared, &stats);
    return stats.clients;
}
