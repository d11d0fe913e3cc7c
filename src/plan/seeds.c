/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the content of seeds: NoCloud and config-drive volumes for cloud-init,
 * and the volume with an installer's kickstart file.  What the profile leaves
 * out is made from names, so that the same profile gives the same seed.
 */
#include "plan/seeds.h"

#include <json-glib/json-glib.h>

typedef struct {
    GStrvBuilder *names;
    GStrvBuilder *texts;
} Files;

static void
add (Files *files, const char *name, const char *text)
{
    g_strv_builder_add (files->names, name);
    g_strv_builder_add (files->texts, text);
}

/* A JSON string is a YAML string as well, whatever is in it. */
static char *
quote (const char *text)
{
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);

    json_node_set_string (node, text);
    return json_to_text (node);
}

/* `keys` is short for the user data that lets their owners in. */
static char *
user_data (const CloudInit *init)
{
    GString *text;

    if (init->user_data)
        return g_strdup (init->user_data);
    text = g_string_new ("#cloud-config\n");
    if (init->keys && init->keys[0])
        g_string_append (text, "ssh_authorized_keys:\n");
    for (gsize i = 0; init->keys && init->keys[i]; i++) {
        g_autofree char *key = quote (init->keys[i]);

        g_string_append_printf (text, "- %s\n", key);
    }
    return g_string_free (text, FALSE);
}

static void
add_nocloud (const Planner *planner, const Machine *machine, Files *files)
{
    const CloudInit *init = machine->cloud_init;
    g_autofree char *user = user_data (init);
    g_autofree char *meta = g_strdup_printf ("instance-id: %s-%s\nlocal-hostname: %s\n",
                                             planner->identity, machine->name, machine->name);

    add (files, "meta-data", init->meta_data ? init->meta_data : meta);
    add (files, "user-data", user);
    if (init->network_config)
        add (files, "network-config", init->network_config);
}

static void
add_config_drive (const Planner *planner, const Machine *machine, Files *files)
{
    const CloudInit *init = machine->cloud_init;
    g_autofree char *user = user_data (init);
    g_autofree char *uuid = machine->uuid ? g_strdup (machine->uuid)
                                          : ids_machine_uuid (planner->identity, machine->name);
    g_autofree char *meta =
        g_strdup_printf ("{\"uuid\": \"%s\", \"name\": \"%s\", \"hostname\": \"%s\"}\n", uuid,
                         machine->name, machine->name);

    add (files, "openstack/latest/meta_data.json", init->meta_data ? init->meta_data : meta);
    add (files, "openstack/latest/user_data", user);
    if (init->network_config)
        add (files, "openstack/latest/network_data.json", init->network_config);
}

void
seed_fill (const Planner *planner, const Machine *machine, const Disk *disk, ImageStep *image)
{
    Files files = { g_strv_builder_new (), g_strv_builder_new () };

    switch (disk->seed) {
    case SEED_NONE:
        break;
    case SEED_CLOUD_INIT:
        if (machine->cloud_init->type == CLOUD_CONFIG_DRIVE)
            add_config_drive (planner, machine, &files);
        else
            add_nocloud (planner, machine, &files);
        image->label =
            g_strdup (machine->cloud_init->type == CLOUD_CONFIG_DRIVE ? "config-2" : "cidata");
        break;
    case SEED_KICKSTART:
        add (&files, "KS.CFG", machine->kickstart->file);
        image->label = g_strdup ("KICKSTART");
        break;
    }
    image->names = g_strv_builder_end (files.names);
    image->texts = g_strv_builder_end (files.texts);
    g_strv_builder_unref (files.names);
    g_strv_builder_unref (files.texts);
}
