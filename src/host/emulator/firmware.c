/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the search for UEFI firmware; see firmware.h and QEMU's
 * docs/interop/firmware.json.
 */
#include "host/emulator/firmware.h"

#include "base/file.h"
#include "base/record.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define DESCRIPTOR_MAX (1024 * 1024)
#define PC "x86_64 pc-*"
#define Q35 "x86_64 pc-q35-*"

static const struct {
    const char *code, *vars, *target;
    gboolean secure;
} usual[] = {
    { "usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/OVMF/OVMF_VARS_4M.fd", PC, FALSE },
    { "usr/share/OVMF/OVMF_CODE.fd", "usr/share/OVMF/OVMF_VARS.fd", PC, FALSE },
    { "usr/share/edk2/ovmf/OVMF_CODE.fd", "usr/share/edk2/ovmf/OVMF_VARS.fd", PC, FALSE },
    { "usr/share/edk2/x64/OVMF_CODE.4m.fd", "usr/share/edk2/x64/OVMF_VARS.4m.fd", PC, FALSE },
    { "usr/share/qemu/edk2-x86_64-code.fd", "usr/share/qemu/edk2-i386-vars.fd", PC, FALSE },
    { "usr/share/OVMF/OVMF_CODE_4M.ms.fd", "usr/share/OVMF/OVMF_VARS_4M.ms.fd", Q35, TRUE },
    { "usr/share/edk2/ovmf/OVMF_CODE.secboot.fd", "usr/share/edk2/ovmf/OVMF_VARS.secboot.fd", Q35,
      TRUE },
};

static char *
below (const char *root, const char *path)
{
    return g_build_filename (root ? root : "/", path, NULL);
}

/* --- descriptors --- */

static JsonObject *
object_of (JsonObject *object, const char *name)
{
    JsonNode *node = object ? json_object_get_member (object, name) : NULL;

    return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
string_of (JsonObject *object, const char *name)
{
    JsonNode *node = object ? json_object_get_member (object, name) : NULL;

    return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
               ? json_node_get_string (node)
               : NULL;
}

static JsonArray *
array_of (JsonObject *object, const char *name)
{
    JsonNode *node = object ? json_object_get_member (object, name) : NULL;

    return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
word_of (JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element (array, i);

    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
               ? json_node_get_string (node)
               : NULL;
}

static GStrv
words_of (JsonObject *object, const char *name)
{
    g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
    JsonArray *array = array_of (object, name);

    for (guint i = 0; array && i < json_array_get_length (array); i++)
        if (word_of (array, i))
            g_strv_builder_add (words, word_of (array, i));
    return g_strv_builder_end (words);
}

/* each as `x86_64 pc-q35-*` */
static GStrv
targets_of (JsonObject *descriptor)
{
    g_autoptr (GStrvBuilder) targets = g_strv_builder_new ();
    JsonArray *array = array_of (descriptor, "targets");

    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        JsonNode *node = json_array_get_element (array, i);
        JsonObject *target = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
        const char *architecture = string_of (target, "architecture");
        g_auto (GStrv) machines = words_of (target, "machines");

        for (gsize j = 0; architecture && machines[j]; j++) {
            g_autofree char *text = g_strdup_printf ("%s %s", architecture, machines[j]);

            g_strv_builder_add (targets, text);
        }
    }
    return g_strv_builder_end (targets);
}

static void
add_descriptor (HostFacts *facts, const char *path)
{
    g_autofree char *text = file_read (path, DESCRIPTOR_MAX, NULL, NULL);
    g_autoptr (JsonNode) node = text && *text ? json_from_text (text, NULL) : NULL;
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonObject *mapping = object_of (object, "mapping");
    JsonObject *code = object_of (mapping, "executable");
    JsonObject *vars = object_of (mapping, "nvram-template");
    g_auto (GStrv) interfaces = words_of (object, "interface-types");
    FirmwareFacts *firmware;

    if (g_strcmp0 (string_of (mapping, "device"), "flash") != 0 || !string_of (code, "filename") ||
        !string_of (vars, "filename") || !g_strv_contains ((const char *const *)interfaces, "uefi"))
        return;
    firmware = g_new0 (FirmwareFacts, 1);
    firmware->code = g_strdup (string_of (code, "filename"));
    firmware->code_format = g_strdup (string_of (code, "format"));
    firmware->vars = g_strdup (string_of (vars, "filename"));
    firmware->vars_format = g_strdup (string_of (vars, "format"));
    firmware->features = words_of (object, "features");
    firmware->targets = targets_of (object);
    if (firmware->code_format && firmware->vars_format)
        g_ptr_array_add (facts->firmwares, firmware);
    else
        firmware_facts_free (firmware);
}

static void
add_names (GHashTable *files, const char *folder)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir)))
        if (g_str_has_suffix (name, ".json") && !g_hash_table_contains (files, name))
            g_hash_table_insert (files, g_strdup (name), g_build_filename (folder, name, NULL));
}

static int
by_text (gconstpointer a, gconstpointer b)
{
    return strcmp (a, b);
}

static void
add_descriptors (HostFacts *facts, const char *root)
{
    g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *user = g_build_filename (g_get_user_config_dir (), "qemu/firmware", NULL);
    g_autofree char *host = below (root, "etc/qemu/firmware");
    g_autofree char *distribution = below (root, "usr/share/qemu/firmware");
    GList *names;

    if (!root)
        add_names (files, user);
    add_names (files, host);
    add_names (files, distribution);
    names = g_list_sort (g_hash_table_get_keys (files), by_text);
    for (GList *at = names; at; at = at->next)
        add_descriptor (facts, g_hash_table_lookup (files, at->data));
    g_list_free (names);
}

/* --- usual paths --- */

static void
add_usual (HostFacts *facts, const char *root)
{
    for (gsize i = 0; i < G_N_ELEMENTS (usual); i++) {
        const char *features[] = { "secure-boot", "enrolled-keys", "requires-smm", NULL };
        const char *targets[] = { usual[i].target, NULL };
        g_autofree char *code = below (root, usual[i].code), *vars = below (root, usual[i].vars);
        FirmwareFacts *firmware;

        if (!g_file_test (code, G_FILE_TEST_IS_REGULAR) ||
            !g_file_test (vars, G_FILE_TEST_IS_REGULAR))
            continue;
        firmware = g_new0 (FirmwareFacts, 1);
        firmware->code = g_steal_pointer (&code);
        firmware->code_format = g_strdup ("raw");
        firmware->vars = g_steal_pointer (&vars);
        firmware->vars_format = g_strdup ("raw");
        firmware->features = usual[i].secure ? g_strdupv ((GStrv)features) : NULL;
        firmware->targets = g_strdupv ((GStrv)targets);
        g_ptr_array_add (facts->firmwares, firmware);
    }
}

void
firmware_find (HostFacts *facts, const char *root)
{
    add_descriptors (facts, root);
    add_usual (facts, root);
}
