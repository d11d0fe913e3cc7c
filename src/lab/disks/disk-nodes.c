/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of answers about block nodes and devices; see disk-nodes.h. */
#include "lab/disks/disk-nodes.h"

#include "base/record.h"

#include <string.h>

#define JSON_NAME "json:" /* of a node that is more than a file */
#define DEPTH_MAX 16

static const char *
get (JsonObject *object, const char *member)
{
    return json_object_get_string_member_with_default (object, member, NULL);
}

static JsonObject *
get_object (JsonNode *node)
{
    return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonObject *
get_element (JsonNode *nodes, guint i)
{
    JsonArray *array = nodes && JSON_NODE_HOLDS_ARRAY (nodes) ? json_node_get_array (nodes) : NULL;

    return array && i < json_array_get_length (array)
               ? get_object (json_array_get_element (array, i))
               : NULL;
}

/* a format, and not what the format reads from */
static gboolean
is_format (const char *driver)
{
    return driver && strcmp (driver, "file") != 0 && strcmp (driver, "host_device") != 0;
}

JsonObject *
disk_find_node (JsonNode *nodes, const char *path, const char *format)
{
    JsonObject *node;

    for (guint i = 0; (node = get_element (nodes, i)); i++)
        if (g_strcmp0 (get (node, "file"), path) == 0 &&
            (format ? g_strcmp0 (get (node, "drv"), format) == 0 : is_format (get (node, "drv"))))
            return node;
    return NULL;
}

JsonObject *
disk_find_named_node (JsonNode *nodes, const char *name)
{
    JsonObject *node;

    for (guint i = 0; (node = get_element (nodes, i)); i++)
        if (g_strcmp0 (get (node, "node-name"), name) == 0)
            return node;
    return NULL;
}

const char *
disk_find_node_name (JsonNode *nodes, const char *path, const char *format)
{
    JsonObject *node = disk_find_node (nodes, path, format);

    return node ? get (node, "node-name") : NULL;
}

/* @name: of a node: a path, or a description with the path at its bottom */
static char *
bottom (const char *name)
{
    g_autoptr (JsonNode) node = NULL;
    JsonObject *object;

    if (!name || !g_str_has_prefix (name, JSON_NAME))
        return g_strdup (name);
    node = json_from_text (name + strlen (JSON_NAME), NULL);
    object = get_object (node);
    for (guint depth = 0; object && depth < DEPTH_MAX; depth++) {
        if (get (object, "filename"))
            return g_strdup (get (object, "filename"));
        object = json_object_has_member (object, "file")
                     ? get_object (json_object_get_member (object, "file"))
                     : NULL;
    }
    return NULL;
}

static gboolean
is_of_disk (JsonObject *device, const char *disk)
{
    g_autofree char *id = g_strconcat ("disk-", disk, NULL);
    g_autofree char *within = g_strdup_printf ("/%s/", id);
    const char *name = get (device, "qdev");

    return name && (g_str_equal (name, id) || strstr (name, within)) &&
           json_object_has_member (device, "inserted");
}

char *
disk_find_head (JsonNode *devices, const char *disk, char **ret_root)
{
    JsonObject *device;

    for (guint i = 0; (device = get_element (devices, i)); i++) {
        JsonObject *inserted = is_of_disk (device, disk)
                                   ? get_object (json_object_get_member (device, "inserted"))
                                   : NULL;
        char *head = inserted ? bottom (get (inserted, "file")) : NULL;

        if (!inserted)
            continue;
        if (head)
            *ret_root = g_strdup (get (inserted, "node-name"));
        return head;
    }
    return NULL;
}
