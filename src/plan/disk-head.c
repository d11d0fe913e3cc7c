/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the changing of one -blockdev option in an argv that is written already;
 * see disk-head.h.
 */
#include "plan/disk-head.h"

#include "plan/optstr.h"

#include <string.h>

typedef struct {
    char *key;
    char *value;
} Pair;

static void
pair_free (gpointer data)
{
    Pair *pair = data;

    g_free (pair->key);
    g_free (pair->value);
    g_free (pair);
}

/* @text was written by plan/optstr.c: pairs, where a doubled comma is one of the value's. */
static GPtrArray *
split (const char *text)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func (pair_free);

    while (*text) {
        GString *part = g_string_new (NULL);
        Pair *pair = g_new0 (Pair, 1);
        char *equals;

        for (; *text && (*text != ',' || text[1] == ','); text++) {
            text += *text == ',';
            g_string_append_c (part, *text);
        }
        text += *text == ',';
        equals = strchr (part->str, '=');
        pair->key = equals ? g_strndup (part->str, equals - part->str) : g_strdup (part->str);
        pair->value = g_strdup (equals ? equals + 1 : "on");
        g_string_free (part, TRUE);
        g_ptr_array_add (pairs, pair);
    }
    return pairs;
}

static const char *
get (const GPtrArray *pairs, const char *key)
{
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = g_ptr_array_index (pairs, i);

        if (strcmp (pair->key, key) == 0)
            return pair->value;
    }
    return NULL;
}

/* Returns: (transfer none) (nullable): the word of argv that describes the disk's node */
static char **
find_word (const MachineStep *machine, const DiskRecord *disk)
{
    g_autofree char *node = g_strconcat ("drive-", disk->name, NULL);

    for (gsize i = 1; machine->argv[i]; i++) {
        g_autoptr (GPtrArray) pairs = NULL;

        if (strcmp (machine->argv[i - 1], "-blockdev") != 0)
            continue;
        pairs = split (machine->argv[i]);
        if (g_strcmp0 (get (pairs, "node-name"), node) == 0 && get (pairs, "file.filename"))
            return &machine->argv[i];
    }
    return NULL;
}

DiskRecord *
plan_find_disk (const MachineStep *machine, const char *name)
{
    for (guint i = 0; i < machine->disks->len; i++) {
        DiskRecord *disk = g_ptr_array_index (machine->disks, i);

        if (g_strcmp0 (disk->name, name) == 0)
            return disk;
    }
    return NULL;
}

void
plan_set_disk_head (MachineStep *machine, DiskRecord *disk, const char *path, const char *format)
{
    char **word = find_word (machine, disk);
    g_autoptr (GPtrArray) pairs = word ? split (*word) : NULL;
    OptString *opt = opt_new (NULL);
    g_autofree char *problem = NULL, *text = NULL;

    for (guint i = 0; pairs && i < pairs->len; i++) {
        const Pair *pair = g_ptr_array_index (pairs, i);
        const char *value = pair->value;

        if (strcmp (pair->key, "driver") == 0)
            value = format;
        else if (strcmp (pair->key, "file.filename") == 0)
            value = path;
        else if (strcmp (pair->key, "file.driver") == 0)
            value = "file";
        opt_add (opt, pair->key, value);
    }
    text = opt_end (opt, &problem);
    if (word && text) {
        g_free (*word);
        *word = g_steal_pointer (&text);
    }
    g_free (disk->path);
    g_free (disk->format);
    disk->path = g_strdup (path);
    disk->format = g_strdup (format);
}

/* `cache.direct` is a member of the object `cache`. */
static void
set_member (JsonObject *object, const char *key, const char *value)
{
    const char *dot = strchr (key, '.');
    g_autofree char *first = dot ? g_strndup (key, dot - key) : NULL;

    if (dot) {
        if (!json_object_has_member (object, first))
            json_object_set_object_member (object, first, json_object_new ());
        set_member (json_object_get_object_member (object, first), dot + 1, value);
    } else if (g_str_equal (value, "on") || g_str_equal (value, "off")) {
        json_object_set_boolean_member (object, key, g_str_equal (value, "on"));
    } else {
        json_object_set_string_member (object, key, value);
    }
}

JsonNode *
plan_disk_node (const MachineStep *machine, const DiskRecord *disk, const char *node)
{
    char **word = find_word (machine, disk);
    g_autoptr (GPtrArray) pairs = word ? split (*word) : NULL;
    JsonNode *result = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();

    for (guint i = 0; pairs && i < pairs->len; i++) {
        const Pair *pair = g_ptr_array_index (pairs, i);

        /* the one word of this option that is no boolean in spite of its value */
        if (g_str_equal (pair->key, "detect-zeroes"))
            json_object_set_string_member (object, pair->key, pair->value);
        else
            set_member (object, pair->key, pair->value);
    }
    json_object_set_string_member (object, "node-name", node);
    json_object_set_null_member (object, "backing");
    json_node_take_object (result, object);
    return result;
}
