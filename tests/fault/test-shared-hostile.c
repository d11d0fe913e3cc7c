/* The shared socket against clients that do what they should not, and in front of an emulator that
 * is slow, or goes.  The emulator is a peer that takes notes: whatever clients do, it sees whole
 * commands and nothing else. */
#include "control/shared.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fault/qmp-peer.h"
#include "fault/talk.h"
#include "qmp/qmp-scan.h"
#include "unit/tap.h"
#include "unit/wait.h"

#define NAME(id) "{\"execute\":\"query-name\",\"id\":" #id "}"
#define EVENT "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}"
#define GREETING_START "{\"QMP\": "

typedef struct {
    char *dir, *path, *observers, *transcript;
    SharedSocket *shared;
    QmpClient *upstream;
    Peer *emulator;
    GSource *server;
    gsize n_bytes; /* of the commands that the emulator has seen */
    guint n_commands;
    gboolean holds; /* the emulator takes commands and does not answer */
    GArray *held;   /* guint64 ids */
} World;

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

static void
world_connect (World *world)
{
    world->upstream = peer_connect (QMP_CLIENT_WANT_OOB, &world->emulator);
    world->n_bytes = world->emulator->n_bytes; /* of the negotiation */
    shared_socket_set_upstream (world->shared, world->upstream);
}

static void
world_disconnect (World *world)
{
    if (world->emulator)
        ck_assert_uint_eq (world->n_bytes, world->emulator->n_bytes); /* and nothing between them */
    if (world->upstream)
        qmp_client_close (world->upstream, NULL);
    g_clear_object (&world->upstream);
    g_clear_pointer (&world->emulator, peer_free);
}

static World *
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

static void
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
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static void
release (World *world)
{
    world->holds = FALSE;
    for (guint i = 0; i < world->held->len; i++)
        peer_return (world->emulator, g_array_index (world->held, guint64, i));
    g_array_set_size (world->held, 0);
}

/* All is well for one who behaves. */
static void
check_well (World *world)
{
    g_autoptr (Talk) talk = talk_ready (world->path, TALK_CAPS);

    talk_say (talk, NAME ("well"));
    talk_expect (talk, "{\"return\": {}, \"id\": \"well\"}");
}

static guint
count_clients (World *world)
{
    SharedStats stats;

    shared_socket_get_stats (world->shared, &stats);
    return stats.clients;
}

static guint
count_fds (void)
{
    DIR *dir = opendir ("/proc/self/fd");
    guint n = 0;

    while (readdir (dir))
        n++;
    closedir (dir);
    return n;
}

static gsize
resident (void)
{
    g_autofree char *text = NULL;
    unsigned long size = 0, pages = 0;

    g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
    ck_assert_int_eq (sscanf (text, "%lu %lu", &size, &pages), 2);
    return pages * (gsize)sysconf (_SC_PAGESIZE);
}

/* --- tests --- */

START_TEST (random_input)
{
    static const char *const pieces[] = { "{",      "}",   "[",      "]",     ":",
                                          ",",      "\"",  "'",      "\\",    "\x01",
                                          "\xff",   "\n",  "1",      "-1e9",  "nul",
                                          NAME (1), "\\u", "\"id\"", "\"a\"", "\xf0\x9f\x98",
                                          TALK_CAPS };
    g_autoptr (World) world = world_new ();
    g_autoptr (GRand) random = g_rand_new_with_seed (6);

    for (int round = 0; round < 200; round++) {
        g_autoptr (Talk) talk = talk_new (round % 4 ? world->path : world->observers);
        g_autoptr (GString) in = g_string_new (round % 3 ? TALK_CAPS : "");

        for (int n = 0; n < 300; n++) {
            if (round % 2)
                g_string_append_c (in, (char)g_rand_int (random));
            else
                g_string_append (in, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
        }
        talk_send (talk, in->str, (gssize)in->len, NULL, 0);
        wait_settle ();
    }
    check_well (world);
    ck_wait (count_clients (world) == 0);
}
END_TEST

START_TEST (halves_of_messages)
{
    static const char text[] = TALK_CAPS "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"a\"}}";
    g_autoptr (World) world = world_new ();
    int file = 0;
    guint fds;

    check_well (world);
    ck_wait (g_file_test (world->transcript, G_FILE_TEST_EXISTS)); /* it is open now */
    ck_wait (count_clients (world) == 0);
    fds = count_fds ();
    for (gssize length = 0; length < (gssize)strlen (text); length++) {
        g_autoptr (Talk) talk = talk_new (world->path);

        if (length > 0)
            talk_send (talk, text, length, &file, 1);
        wait_settle ();
    }
    ck_wait (count_clients (world) == 0);
    ck_assert_uint_eq (count_fds (), fds);
    check_well (world);
}
END_TEST

START_TEST (one_that_never_reads)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) deaf = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) other = talk_ready (world->path, TALK_CAPS);
    g_autofree char *padding = g_strnfill (8000, 'x');
    g_autofree char *event = g_strdup_printf (
        "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\", \"data\": "
        "{\"x\": \"%s\"}}",
        padding);
    g_autofree char *line = g_strconcat (event, "\r\n", NULL);
    gsize before = resident ();

    g_source_remove (deaf->watch);
    deaf->watch = 0;
    for (int i = 0; i < 5000; i++) {
        peer_send (world->emulator, line, -1);
        talk_expect (other, event);
        g_string_truncate (other->got, 0);
        other->at = 0;
    }
    ck_assert_uint_eq (count_clients (world), 1);
    ck_assert_uint_lt (resident () - before, 32 << 20); /* of 40 MB that were sent */
    check_well (world);
}
END_TEST

START_TEST (floods_of_descriptors)
{
    static const char *const with[] = { NAME (1),          "{]",
                                        "xyz\n",           " ",
                                        NAME (2) NAME (3), "{\"execute\":\"add-fd\",\"id\":4}" };
    g_autoptr (World) world = world_new ();
    int fds[250];
    guint before;

    check_well (world);
    ck_wait (g_file_test (world->transcript, G_FILE_TEST_EXISTS));
    ck_wait (count_clients (world) == 0);
    before = count_fds ();
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        fds[i] = 0;
    for (int round = 0; round < 60; round++) {
        g_autoptr (Talk) talk = talk_new (round % 5 ? world->path : world->observers);

        talk_say (talk, TALK_CAPS);
        for (int i = 0; i < 10; i++)
            talk_send (talk, with[(round + i) % G_N_ELEMENTS (with)], -1, fds, G_N_ELEMENTS (fds));
        talk_say (talk, "\x01" NAME ("end"));
        for (;;) {
            g_autofree char *line = talk_line (talk);

            ck_assert_pstr_ne (line, NULL);
            if (strstr (line, "\"end\""))
                break;
        }
    }
    ck_wait (count_clients (world) == 0);
    ck_assert_uint_eq (count_fds (), before);
    ck_assert_uint_le (world->emulator->n_fds, 60 * 10); /* one for each add-fd, no more */
    check_well (world);
}
END_TEST

START_TEST (storm_of_connections)
{
    g_autoptr (World) world = world_new ();

    for (int round = 0; round < 1000; round++) {
        g_autoptr (Talk) talk = talk_new (world->path);

        if (round % 3)
            talk_say (talk, TALK_CAPS);
        if (round % 3 == 2)
            talk_say (talk, NAME (1) NAME (2) NAME (3));
        if (round % 2)
            g_main_context_iteration (NULL, FALSE);
        if (round % 50 == 0)
            wait_settle ();
    }
    check_well (world);
    ck_wait (count_clients (world) == 0);
}
END_TEST

START_TEST (too_many_clients)
{
    g_autoptr (World) world = world_new ();
    Talk *talks[64];

    for (guint i = 0; i < G_N_ELEMENTS (talks); i++)
        talks[i] = talk_ready (world->path, TALK_CAPS);
    for (int i = 0; i < 3; i++) {
        g_autoptr (Talk) late = talk_new (world->path);

        talk_expect (late, "{\"error\": {\"class\": \"GenericError\", \"desc\": "
                           "\"this socket has 64 clients already\"}}");
        talk_expect_end (late);
    }
    peer_send (world->emulator, EVENT "\r\n", -1);
    for (guint i = 0; i < G_N_ELEMENTS (talks); i++) {
        talk_expect (talks[i], EVENT);
        talk_free (talks[i]);
    }
    ck_wait (count_clients (world) == 0);
    check_well (world);
}
END_TEST

/* Whoever comes after ten thousand commands of another waits for a few of them only. */
START_TEST (one_that_pipelines)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) greedy = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) other = talk_ready (world->path, TALK_CAPS);
    g_autoptr (GString) many = g_string_new (NULL);
    guint before;

    for (int i = 0; i < 10000; i++)
        g_string_append (many, NAME (1));
    world->holds = TRUE;
    talk_send (greedy, many->str, 100000, NULL, 0);
    wait_settle ();
    ck_assert_uint_le (world->held->len, 4);
    talk_say (other, NAME ("other"));
    wait_settle ();
    ck_assert_uint_le (world->held->len, 5);
    before = world->n_commands;
    release (world);
    talk_expect (other, "{\"return\": {}, \"id\": \"other\"}");
    ck_assert_uint_le (world->n_commands - before, 16);
    talk_send (greedy, many->str + 100000, (gssize)many->len - 100000, NULL, 0);
    for (int i = 0; i < 10000; i++)
        talk_expect (greedy, "{\"return\": {}, \"id\": 1}");
}
END_TEST

/* The commands of those who left are answered to nobody, and take no place for ever. */
START_TEST (ones_that_leave)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) stays = talk_ready (world->path, TALK_CAPS);

    for (int round = 0; round < 20; round++) {
        g_autoptr (Talk) leaves = talk_ready (world->path, TALK_CAPS);

        world->holds = TRUE;
        talk_say (leaves, NAME (1) NAME (2) NAME (3) NAME (4) NAME (5));
        ck_wait (world->held->len == 4);
        g_clear_pointer (&leaves, talk_free);
        ck_wait (count_clients (world) == 1);
        release (world);
        talk_say (stays, NAME (6));
        talk_expect (stays, "{\"return\": {}, \"id\": 6}");
    }
    ck_assert_str_eq (stays->got->str + stays->at, "");
}
END_TEST

START_TEST (emulator_goes)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) one = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) idle = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) late = NULL;

    world->holds = TRUE;
    talk_say (one, NAME ({ "a" : [1] }) "{\"execute\":\"query-name\"}" NAME (3) NAME (4) NAME (5)
                       NAME (6));
    ck_wait (world->held->len == 4);
    peer_hang_up (world->emulator);
    talk_expect_part (one, "{\"id\": {\"a\":[1]}, \"error\": {\"class\": \"GenericError\", ");
    talk_expect_part (one, "{\"error\": {\"class\": \"GenericError\", ");
    for (int i = 3; i <= 6; i++) {
        g_autofree char *start = g_strdup_printf ("{\"id\": %d, \"error\": ", i);

        talk_expect_part (one, start);
    }
    talk_expect_end (one);
    talk_expect_end (idle);
    late = talk_new (world->path);
    talk_expect_end (late); /* without a word */
    ck_wait (count_clients (world) == 0);
    g_array_set_size (world->held, 0);
    world_disconnect (world);
    world->holds = FALSE;
    world_connect (world); /* the machine is started again: the same path */
    check_well (world);
}
END_TEST

START_TEST (socket_goes_with_commands_under_way)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) one = talk_ready (world->path, TALK_CAPS);

    world->holds = TRUE;
    talk_say (one, NAME (1) NAME (2) NAME (3) NAME (4) NAME (5) NAME (6));
    ck_wait (world->held->len == 4);
    g_clear_pointer (&world->shared, shared_socket_free);
    release (world); /* too late */
    for (int i = 1; i <= 6; i++)
        talk_expect_part (one, "error");
    talk_expect_end (one);
}
END_TEST

START_TEST (observers_only_look)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) talk = talk_ready (world->observers, TALK_CAPS_OOB);

    talk_send (talk,
               NAME (1) "{\"execute\":\"quit\",\"id\":2}" NAME (
                   3) "{\"execute\":\"qom-set\",\"id\":4}{\"execute\":\"getfd\",\"id\":5}",
               -1, &talk->fd, 1);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_expect_part (talk, "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": \"The "
                            "command quit is not for observers");
    talk_expect (talk, "{\"return\": {}, \"id\": 3}");
    talk_expect_part (talk, "command qom-set is not");
    talk_expect_part (talk, "command getfd is not");
    talk_say (talk, "{\"exec-oob\":\"yank\",\"id\":6}{\"exec-oob\":\"query-yank\",\"id\":7}");
    talk_expect_part (talk, "command yank is not");
    talk_expect (talk, "{\"return\": {}, \"id\": 7}");
    ck_assert_uint_eq (world->n_commands, 3);
    ck_assert_uint_eq (world->emulator->n_fds, 0);
}
END_TEST

static Suite *
hostile_suite (void)
{
    Suite *suite = suite_create ("shared-hostile");
    TCase *tests = tcase_create ("clients and emulators that misbehave");

    tcase_set_timeout (tests, 120);
    tcase_add_test (tests, random_input);
    tcase_add_test (tests, halves_of_messages);
    tcase_add_test (tests, one_that_never_reads);
    tcase_add_test (tests, floods_of_descriptors);
    tcase_add_test (tests, storm_of_connections);
    tcase_add_test (tests, too_many_clients);
    tcase_add_test (tests, one_that_pipelines);
    tcase_add_test (tests, ones_that_leave);
    tcase_add_test (tests, emulator_goes);
    tcase_add_test (tests, socket_goes_with_commands_under_way);
    tcase_add_test (tests, observers_only_look);
    suite_add_tcase (suite, tests);
    return suite;
}

int
main (void)
{
    return run_tap (hostile_suite ());
}
