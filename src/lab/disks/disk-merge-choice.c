/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which layers become one in a round of a commit or a stream, and what the
 * emulator is told of them.
 */
#include "lab/disks/disk-merge-private.h"

#include "base/error.h"
#include "machine/describe.h"
#include "lab/disks/disk-chain.h"
#include "lab/disks/disk-nodes.h"

gboolean
merge_choose (Merge *merge, GError **error)
{
    const DiskEntry *entry = merge->entry;
    int floor = merge->layer ? disk_chain_find (entry, merge->folder, merge->layer) : -1;
    guint base, top;

    if (merge->layer && floor < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s is none of its layers",
                     merge->layer);
        return FALSE;
    }
    merge->base = floor;
    merge->top = (int)entry->files->len - 1;
    if (merge->stream)
        return floor + 1 < merge->top || (floor < 0 && (entry->base || merge->top > 0));
    if (disk_chain_find_merge (entry, merge->folder, (guint)MAX (floor, 0), merge->seams, &base,
                               &top)) {
        merge->base = (int)base;
        merge->top = (int)top;
        return TRUE;
    }
    if (!merge->force || floor >= 0 || !entry->base || !disk_chain_is_free (entry, merge->folder))
        return FALSE;
    merge->base = -1;
    return TRUE;
}

GError *
merge_explain (const Merge *merge)
{
    const DiskEntry *entry = merge->entry;

    if (merge->stream)
        return g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                    "nothing is below its newest layer that could come into it");
    if (entry->files->len > 1 || !disk_chain_is_free (entry, merge->folder))
        return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                            "it has %u layers, and none that could go into the one below it: what "
                            "they show is needed by checkpoints (roost checkpoint list) or other "
                            "images",
                            entry->files->len);
    if (entry->base)
        return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                            "it has one layer, over %s, which was not made by roost: use --force "
                            "to write into that",
                            entry->base->path);
    return g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "it has one layer");
}

/* --- for the emulator --- */

static void
add_node (JsonObject *object, const char *member, JsonNode *nodes, const char *path,
          const char *format, GError **error)
{
    const char *node = disk_find_node_name (nodes, path, format);

    if (node)
        json_object_set_string_member (object, member, node);
    else if (!*error)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the machine does not have %s open",
                     path);
}

static void
add_layer (JsonObject *object, const char *member, JsonNode *nodes, const Merge *merge, int i,
           GError **error)
{
    const DiskFile *file = g_ptr_array_index (merge->entry->files, i);
    g_autofree char *path = disk_file_path (merge->folder, file);

    add_node (object, member, nodes, path, file->format, error);
}

JsonNode *
merge_describe_job (const Merge *merge, JsonNode *nodes, GError **error)
{
    g_autoptr (JsonNode) arguments = NULL;
    const BaseIdentity *image = merge->entry->base;
    int newest = (int)merge->entry->files->len - 1;
    GError *local = NULL;
    JsonObject *object;

    arguments = describe_pair ("device", merge->root, NULL, NULL);
    object = json_node_get_object (arguments);
    json_object_set_int_member (object, "speed", merge->speed);
    if (merge->stream) {
        add_layer (object, "device", nodes, merge, newest, &local);
        if (merge->base >= 0)
            add_layer (object, "base-node", nodes, merge, merge->base, &local);
    } else {
        add_layer (object, "top-node", nodes, merge, merge->top, &local);
        if (merge->base >= 0)
            add_layer (object, "base-node", nodes, merge, merge->base, &local);
        else
            add_node (object, "base-node", nodes, image->path, NULL, &local);
    }
    if (!local)
        return g_steal_pointer (&arguments);
    g_propagate_error (error, local);
    return NULL;
}
