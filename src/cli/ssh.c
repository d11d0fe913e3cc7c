/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost ssh and roost cp: this process finds out where the server of a machine is
 * reached, and becomes ssh or scp.  Where that is nowhere, a host port is made.
 */
#include "base/error.h"
#include "base/record.h"
#include "cli/common/machines.h"
#include "cli/common/network.h"
#include "base/text.h"
#include "cli/common/output.h"
#include "cli/ssh.h"
#include "lab/registry.h"
#include "profile/model.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MS (30 * 1000)
/* as shells tell of a command that is not there, and of one that cannot be run */
#define STATUS_NOT_FOUND 127
#define STATUS_NOT_RUN 126

char *
ssh_known_hosts (const char *lab)
{
    g_autofree char *state_dir = registry_state_dir (lab);

    return g_build_filename (state_dir, "known_hosts", NULL);
}

typedef struct {
    LabClient *client; /* (transfer none) */
    const char *machine;
    char *user; /* NULL = as ssh has it, as is the next */
    char *key;
    char *address;
    gint64 port;
    gboolean inside; /* @address is one of the lab's own network */
} Reach;

/* Returns: (transfer none) (nullable): what query-lab tells of machine @name in @lab */
static JsonObject *
find_machine (JsonNode *lab, const char *name, GError **error)
{
    JsonArray *machines = json_object_get_array_member (json_node_get_object (lab), "machines");

    for (guint i = 0; i < json_array_get_length (machines); i++) {
        JsonObject *machine = json_array_get_object_element (machines, i);
        const char *state = member_string (machine, "state", "");

        if (!g_str_equal (member_string (machine, "name", ""), name))
            continue;
        if (g_str_equal (state, "running"))
            return machine;
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: it is %s", name, state);
        return NULL;
    }
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the lab has no machine %s", name);
    return NULL;
}

/* where a forward that listens everywhere is reached */
static char *
reachable (const char *address)
{
    if (!*address || g_str_equal (address, "0.0.0.0"))
        return g_strdup ("127.0.0.1");
    return g_strdup (g_str_equal (address, "::") ? "::1" : address);
}

static void
take_forward (Reach *reach, JsonObject *forward)
{
    reach->address = reachable (member_string (forward, "host_address", ""));
    reach->port = json_object_get_int_member_with_default (forward, "bound_port", 0);
    if (reach->port == 0)
        reach->port = json_object_get_int_member_with_default (forward, "host_port", 0);
}

static gboolean
find_forward (Reach *reach, JsonObject *machine, gint64 guest_port)
{
    JsonArray *forwards = json_object_get_array_member (machine, "forwards");

    for (guint i = 0; i < json_array_get_length (forwards); i++) {
        JsonObject *forward = json_array_get_object_element (forwards, i);

        if (json_object_get_int_member_with_default (forward, "guest_port", 0) != guest_port ||
            !g_str_equal (member_string (forward, "proto", ""), "tcp"))
            continue;
        take_forward (reach, forward);
        return TRUE;
    }
    return FALSE;
}

/* A host port of 127.0.0.1, which ends with this run of the machine. */
static gboolean
make_forward (Reach *reach, gint64 guest_port, GError **error)
{
    JsonObject *arguments = json_object_new (), *rule = json_object_new ();
    g_autoptr (JsonNode) value = NULL;
    GError *local = NULL;

    json_object_set_string_member (rule, "proto", "tcp");
    json_object_set_string_member (rule, "host_address", "127.0.0.1");
    json_object_set_int_member (rule, "host_port", 0);
    json_object_set_int_member (rule, "guest_port", guest_port);
    json_object_set_string_member (rule, "place", "roost ssh");
    json_object_set_string_member (arguments, "machine", reach->machine);
    json_object_set_object_member (arguments, "forward", rule);
    value = lab_client_call (reach->client, "forward-add", arguments, TIMEOUT_MS, &local);
    if (value) {
        take_forward (reach, json_node_get_object (value));
        return TRUE;
    }
    g_set_error (error, local->domain, local->code,
                 "%s; where it is reached otherwise, say ssh: { address: … } in its profile",
                 local->message);
    g_error_free (local);
    return FALSE;
}

/* @said: (nullable): the part `ssh` of the machine */
static gboolean
find_way (Reach *reach, JsonObject *machine, JsonObject *said, GError **error)
{
    const char *address = said ? member_string (said, "address", NULL) : NULL;
    gint64 port =
        said ? json_object_get_int_member_with_default (said, "port", SSH_PORT) : SSH_PORT;

    if (!address)
        return find_forward (reach, machine, port) || make_forward (reach, port, error);
    reach->address = g_strdup (address);
    reach->port = port;
    reach->inside = network_is_private (reach->client->lab);
    return TRUE;
}

/* @path: ssh has words of its own that begin with % */
static void
add_option (GPtrArray *argv, const char *name, const char *value, gboolean path)
{
    GString *text = g_string_new (name);

    g_string_append (text, "=\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            g_string_append_c (text, '\\');
        if (*value == '%' && path)
            g_string_append_c (text, '%');
        g_string_append_c (text, *value);
    }
    g_string_append_c (text, '"');
    g_ptr_array_add (argv, g_strdup ("-o"));
    g_ptr_array_add (argv, g_string_free (text, FALSE));
}

/* The user's own come first: of each option ssh takes the first that it meets. */
static void
add_options (GPtrArray *argv, const Options *options, const Reach *reach)
{
    g_autofree char *port = g_strdup_printf ("%d", (int)reach->port);
    g_autofree char *known = ssh_known_hosts (reach->client->lab);

    for (gsize i = 0; options->ssh_option && options->ssh_option[i]; i++) {
        g_ptr_array_add (argv, g_strdup ("-o"));
        g_ptr_array_add (argv, g_strdup (options->ssh_option[i]));
    }
    add_option (argv, "HostName", reach->address, FALSE);
    add_option (argv, "Port", port, FALSE);
    if (reach->user)
        add_option (argv, "User", reach->user, FALSE);
    if (reach->key) {
        add_option (argv, "IdentityFile", reach->key, TRUE);
        add_option (argv, "IdentitiesOnly", "yes", FALSE);
    }
    add_option (argv, "HostKeyAlias", reach->machine, FALSE);
    add_option (argv, "UserKnownHostsFile", known, TRUE);
    add_option (argv, "StrictHostKeyChecking", "accept-new", FALSE);
}

/* @file: (nullable): a path in the machine
 *
 * Returns: (transfer full): what the machine is called to ssh, by which the user's
 * ssh_config can have settings for it */
static char *
host_name (const Reach *reach, const char *file)
{
    return g_strconcat (reach->client->lab, ".", reach->machine, file ? ":" : NULL, file, NULL);
}

static gboolean
find (const Options *options, const Target *target, Reach *reach, GError **error)
{
    g_autoptr (JsonNode) lab =
        lab_client_call (target->client, "query-lab", NULL, TIMEOUT_MS, error);
    JsonObject *machine = lab ? find_machine (lab, target->machine, error) : NULL;
    JsonObject *said = machine && json_object_has_member (machine, "ssh")
                           ? json_object_get_object_member (machine, "ssh")
                           : NULL;

    reach->client = target->client;
    reach->machine = target->machine;
    if (!machine || !find_way (reach, machine, said, error))
        return FALSE;
    reach->user = g_strdup (options->ssh_user ? options->ssh_user
                            : said            ? member_string (said, "user", NULL)
                                              : NULL);
    reach->key = g_strdup (options->identity ? options->identity
                           : said            ? member_string (said, "key", NULL)
                                             : NULL);
    if (reach->inside && !reach->user) /* who is root in there is still who brought it up */
        reach->user = g_strdup (g_get_user_name ());
    return TRUE;
}

static void
reach_clear (Reach *reach)
{
    g_free (reach->user);
    g_free (reach->key);
    g_free (reach->address);
}

/* Becomes the program, whose exit status so is ours; comes back only with an error. */
static gboolean
become (const Reach *reach, GPtrArray *argv, GError **error)
{
    const char *program = g_ptr_array_index (argv, 0);

    if (reach->inside && !network_enter (reach->client->lab, error))
        return FALSE;
    g_ptr_array_add (argv, NULL);
    execvp (program, (char *const *)argv->pdata);
    g_set_error (error, ROOST_ERROR, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN,
                 "%s: %s; it comes with the client of OpenSSH", program, g_strerror (errno));
    return FALSE;
}

gboolean
verb_ssh (Options *options, GError **error)
{
    g_autoptr (Targets) targets = machines_find_one (options, options->argv[0], error);
    g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
    Reach reach = { 0 };

    if (!targets || !find (options, g_ptr_array_index (targets->targets, 0), &reach, error)) {
        reach_clear (&reach);
        return FALSE;
    }
    g_ptr_array_add (argv, g_strdup ("ssh"));
    add_options (argv, options, &reach);
    g_ptr_array_add (argv, g_strdup ("--"));
    g_ptr_array_add (argv, host_name (&reach, NULL));
    for (int i = 1; i < options->argc; i++)
        g_ptr_array_add (argv, g_strdup (options->argv[i]));
    become (&reach, argv, error);
    reach_clear (&reach);
    return FALSE;
}

/* --- roost cp ------------------------------------------------------------------ */

/* Returns: (transfer full) (nullable): the machine of MACHINE:PATH; ./a:b is a file */
static char *
machine_of (const char *word)
{
    const char *colon = strchr (word, ':');
    g_autofree char *name = colon ? g_strndup (word, colon - word) : NULL;
    g_auto (GStrv) parts = name ? g_strsplit (name, "/", 2) : NULL;

    if (!name || !name_is_valid (parts[0]) || (parts[1] && !name_is_valid (parts[1])))
        return NULL;
    return g_steal_pointer (&name);
}

/* Returns: (transfer full): the one machine that the files are of */
static char *
only_machine (const Options *options, GError **error)
{
    g_autofree char *machine = NULL;

    for (int i = 0; i < options->argc; i++) {
        g_autofree char *other = machine_of (options->argv[i]);

        if (other && machine && !g_str_equal (machine, other)) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                         "files are copied from or to one machine at once, not %s and %s", machine,
                         other);
            return NULL;
        }
        if (other && !machine)
            machine = g_steal_pointer (&other);
    }
    if (!machine)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "none of the files is one of a machine: MACHINE:PATH (see: roost cp --help)");
    return g_steal_pointer (&machine);
}

gboolean
verb_cp (Options *options, GError **error)
{
    g_autofree char *machine = only_machine (options, error);
    g_autoptr (Targets) targets = machine ? machines_find_one (options, machine, error) : NULL;
    g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
    Reach reach = { 0 };

    if (!targets || !find (options, g_ptr_array_index (targets->targets, 0), &reach, error)) {
        reach_clear (&reach);
        return FALSE;
    }
    g_ptr_array_add (argv, g_strdup ("scp"));
    if (options->recursive)
        g_ptr_array_add (argv, g_strdup ("-r"));
    add_options (argv, options, &reach);
    g_ptr_array_add (argv, g_strdup ("--"));
    for (int i = 0; i < options->argc; i++) {
        const char *word = options->argv[i];
        g_autofree char *of = machine_of (word);

        g_ptr_array_add (argv, of ? host_name (&reach, strchr (word, ':') + 1) : g_strdup (word));
    }
    become (&reach, argv, error);
    reach_clear (&reach);
    return FALSE;
}
