/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: what it says of itself, and whom it serves.  No lab is up. */
#include "control/server.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/commands/command.h"
#include "fault/talk.h"
#include "lab/effects/effects.h"
#include "unit/tap.h"
#include "unit/wait.h"

typedef struct {
    char *dir, *path;
    LiveLab *lab;
    ControlServer *server;
} World;

static void
on_changed (ControlServer *server, gpointer user_data)
{
}

static World *
world_new (void)
{
    static const LabHandlers handlers = { NULL, NULL };
    World *world = g_new0 (World, 1);

    world->dir = g_dir_make_tmp ("control-XXXXXX", NULL);
    world->path = g_build_filename (world->dir, "lab.sock", NULL);
    world->lab = live_lab_new ("/nonexistent", &real_effects, &handlers, NULL);
    world->server = control_server_new (world->path, world->lab, on_changed, NULL, NULL);
    ck_assert_ptr_nonnull (world->server);
    return world;
}

static void
world_free (World *world)
{
    control_server_free (world->server);
    live_lab_free (world->lab);
    ck_assert_int_eq (g_rmdir (world->dir), 0);
    g_free (world->path);
    g_free (world->dir);
    g_free (world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Returns: (transfer full): the return array of @command */
static JsonArray *
query (World *world, const char *command)
{
    g_autoptr (Talk) talk = talk_ready (world->path, TALK_CAPS);
    g_autofree char *in = g_strdup_printf ("{\"execute\":\"%s\"}", command), *line = NULL;
    g_autoptr (JsonNode) node = NULL;

    talk_say (talk, in);
    line = talk_line (talk);
    node = json_from_string (line, NULL);
    ck_assert_ptr_nonnull (node);
    return json_array_ref (json_object_get_array_member (json_node_get_object (node), "return"));
}

static JsonObject *
find_entity (JsonArray *schema, const char *name)
{
    for (guint i = 0; i < json_array_get_length (schema); i++) {
        JsonObject *entity = json_array_get_object_element (schema, i);

        if (g_str_equal (json_object_get_string_member (entity, "name"), name))
            return entity;
    }
    return NULL;
}

START_TEST (every_command_is_in_the_schema)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (JsonArray) commands = query (world, "query-commands");
    g_autoptr (JsonArray) schema = query (world, "query-qmp-schema");

    ck_assert_uint_gt (json_array_get_length (commands), 10);
    for (guint i = 0; i < json_array_get_length (commands); i++) {
        const char *name =
            json_object_get_string_member (json_array_get_object_element (commands, i), "name");
        JsonObject *entity = find_entity (schema, name);

        ck_assert_msg (entity != NULL, "%s", name);
        ck_assert_str_eq (json_object_get_string_member (entity, "meta-type"), "command");
    }
}
END_TEST

/* Also of those that are new: what it does, and what each argument is. */
START_TEST (every_command_is_described)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (JsonArray) commands = query (world, "query-commands");
    g_autoptr (JsonArray) schema = query (world, "query-qmp-schema");

    for (const ControlCommand *command = control_command_table (); command->name; command++) {
        JsonObject *listed = find_entity (commands, command->name);
        JsonObject *entity = find_entity (schema, command->name);
        JsonArray *members = json_object_get_array_member (
            find_entity (schema, json_object_get_string_member (entity, "arg-type")), "members");
        guint n = 0;

        ck_assert_msg (command->help && *command->help, "%s has no help", command->name);
        ck_assert_msg (!g_str_has_suffix (command->help, "."), "%s: a full stop", command->name);
        ck_assert_str_eq (json_object_get_string_member (listed, "description"), command->help);
        for (const ControlArg *arg = command->args; arg->name; arg++, n++)
            ck_assert_str_eq (
                json_object_get_string_member (json_array_get_object_element (members, n), "name"),
                arg->name);
        ck_assert_uint_eq (json_array_get_length (members), n);
        if (command[1].name) /* in order, so that there is one place for a new one */
            ck_assert_str_lt (command->name, command[1].name);
    }
}
END_TEST

/* Every type that is named is there, once, as a schema of QEMU's. */
START_TEST (the_schema_is_closed)
{
    static const char *const refs[] = { "arg-type", "ret-type", "element-type" };
    g_autoptr (World) world = world_new ();
    g_autoptr (JsonArray) schema = query (world, "query-qmp-schema");
    g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < json_array_get_length (schema); i++) {
        JsonObject *entity = json_array_get_object_element (schema, i);
        JsonArray *members = json_object_has_member (entity, "members")
                                 ? json_object_get_array_member (entity, "members")
                                 : NULL;

        ck_assert (
            g_hash_table_add (names, (gpointer)json_object_get_string_member (entity, "name")));
        for (guint k = 0; k < G_N_ELEMENTS (refs); k++)
            if (json_object_has_member (entity, refs[k]))
                ck_assert (find_entity (schema, json_object_get_string_member (entity, refs[k])));
        for (guint k = 0; members && k < json_array_get_length (members); k++)
            ck_assert (
                find_entity (schema, json_object_get_string_member (
                                         json_array_get_object_element (members, k), "type")));
    }
}
END_TEST

START_TEST (arguments_are_described)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (JsonArray) schema = query (world, "query-qmp-schema");
    JsonObject *stop = find_entity (schema, "machine-stop");
    JsonArray *members = json_object_get_array_member (
        find_entity (schema, json_object_get_string_member (stop, "arg-type")), "members");
    JsonObject *machine = json_array_get_object_element (members, 0);
    JsonObject *force = json_array_get_object_element (members, 1);

    ck_assert_str_eq (json_object_get_string_member (machine, "name"), "machine");
    ck_assert_str_eq (json_object_get_string_member (machine, "type"), "str");
    ck_assert (!json_object_has_member (machine, "default"));
    ck_assert (json_object_get_null_member (force, "default"));
}
END_TEST

START_TEST (faults_in_the_words_of_qemu)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) talk = talk_new (world->path);

    talk_expect_part (talk, "\"QMP\"");
    talk_say (talk, "{\"execute\":\"query-lab\",\"id\":1}");
    talk_expect_part (talk, "Expecting capabilities negotiation");
    talk_say (talk, "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"nope\"}");
    talk_expect (talk, "{\"return\": {}}");
    talk_expect_part (talk, "The command nope has not been found");
    talk_say (talk, "{\"execute\":\"machine-stop\",\"arguments\":{},\"id\":2}");
    talk_expect_part (talk, "Parameter 'machine' is missing");
    talk_say (talk, "{\"execute\":\"machine-stop\",\"arguments\":{\"machine\":1}}");
    talk_expect_part (talk, "Invalid parameter type for 'machine', expected: string");
    talk_say (talk, "{\"execute\":\"query-lab\",\"arguments\":{\"x\":1}}");
    talk_expect_part (talk, "Parameter 'x' is unexpected");
}
END_TEST

/* --- strangers --- */

/* In a child, as nobody: connects and prints what it is told. */
static void
be_a_stranger (const char *path, int out)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_STREAM, 0);
    char bytes[4096];
    ssize_t n;

    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    if (setresgid (65534, 65534, 65534) < 0 || setresuid (65534, 65534, 65534) < 0 ||
        connect (fd, (struct sockaddr *)&address, sizeof address) < 0)
        _exit (1);
    while ((n = read (fd, bytes, sizeof bytes)) > 0)
        if (write (out, bytes, n) != n)
            _exit (2);
    _exit (0);
}

static gboolean
has_exited (gpointer pid)
{
    return waitpid (GPOINTER_TO_INT (pid), NULL, WNOHANG) > 0;
}

static gboolean
keep_turning (gpointer data)
{
    return G_SOURCE_CONTINUE;
}

START_TEST (strangers_are_told_why_not)
{
    g_autoptr (World) world = NULL;
    char bytes[4096] = "";
    int ends[2];
    guint turning;
    pid_t pid;

    if (geteuid () != 0)
        return; /* nobody else can be had */
    world = world_new ();
    ck_assert_int_eq (chmod (world->dir, 0755), 0);
    ck_assert_int_eq (chmod (world->path, 0666), 0);
    ck_assert_int_eq (pipe (ends), 0);
    pid = fork ();
    if (pid == 0)
        be_a_stranger (world->path, ends[1]);
    close (ends[1]);
    turning = g_timeout_add (1, keep_turning, NULL);
    ck_assert (wait_until (has_exited, GINT_TO_POINTER (pid), WAIT_DEADLINE_MS));
    g_source_remove (turning);
    ck_assert_int_gt (read (ends[0], bytes, sizeof bytes - 1), 0);
    ck_assert_str_eq (bytes, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"only the owner "
                             "of this lab may connect\"}}\r\n");
    close (ends[0]);
    ck_assert_uint_eq (control_server_n_clients (world->server), 0);
}
END_TEST

static Suite *
control_suite (void)
{
    Suite *suite = suite_create ("control");
    TCase *tests = tcase_create ("the control socket");

    tcase_add_test (tests, every_command_is_in_the_schema);
    tcase_add_test (tests, every_command_is_described);
    tcase_add_test (tests, the_schema_is_closed);
    tcase_add_test (tests, arguments_are_described);
    tcase_add_test (tests, faults_in_the_words_of_qemu);
    tcase_add_test (tests, strangers_are_told_why_not);
    suite_add_tcase (suite, tests);
    return suite;
}

int
main (void)
{
    return run_tap (control_suite ());
}
