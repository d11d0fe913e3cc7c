/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the tree of the profile that is being built; see draft.h. */
#include "import/draft.h"

#include "base/file.h"
#include "base/text.h"
#include "profile/model.h"

void
draft_init (Draft *draft, const char *folder)
{
    *draft = (Draft){ .folder = folder,
                      .machine = json_object_new (),
                      .disks = json_object_new (),
                      .nics = json_object_new (),
                      .switches = json_object_new (),
                      .forwards = json_array_new (),
                      .args = json_array_new (),
                      .notes = g_ptr_array_new_with_free_func (g_free) };
}

void
draft_clear (Draft *draft)
{
    g_free (draft->name);
    json_object_unref (draft->machine);
    json_object_unref (draft->disks);
    json_object_unref (draft->nics);
    json_object_unref (draft->switches);
    json_array_unref (draft->forwards);
    json_array_unref (draft->args);
    g_clear_pointer (&draft->notes, g_ptr_array_unref);
}

void
draft_note (Draft *draft, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    g_ptr_array_add (draft->notes, g_strdup_vprintf (format, args));
    va_end (args);
}

/* a ${ would be a variable of the profile */
static char *
as_text (const char *value)
{
    g_auto (GStrv) parts = g_strsplit (value, "${", -1);

    return g_strjoinv ("$${", parts);
}

void
draft_set (JsonObject *object, const char *key, const char *value)
{
    g_autofree char *text = value ? as_text (value) : NULL;

    if (text)
        json_object_set_string_member (object, key, text);
}

void
draft_set_bool (JsonObject *object, const char *key, gboolean value)
{
    json_object_set_boolean_member (object, key, value);
}

void
draft_set_int (JsonObject *object, const char *key, gint64 value)
{
    json_object_set_int_member (object, key, value);
}

JsonObject *
draft_group (JsonObject *object, const char *key)
{
    if (!json_object_has_member (object, key))
        json_object_set_object_member (object, key, json_object_new ());
    return json_object_get_object_member (object, key);
}

char *
draft_path (const Draft *draft, const char *path)
{
    return file_absolute (draft->folder, path);
}

/* @text with everything that names may not have replaced by `-`; @fallback when
 * nothing is left */
static char *
draft_name (const char *text, const char *fallback)
{
    GString *name = g_string_new (NULL);

    for (const char *c = text; c && *c && name->len < NAME_MAX_LENGTH; c++) {
        gboolean plain = g_ascii_isalnum (*c);

        if (plain || (name->len > 0 && (*c == '-' || *c == '_')))
            g_string_append_c (name, *c);
        else if (name->len > 0 && name->str[name->len - 1] != '-')
            g_string_append_c (name, '-');
    }
    while (name->len > 0 && name->str[name->len - 1] == '-')
        g_string_truncate (name, name->len - 1);
    if (name->len == 0)
        g_string_append (name, fallback);
    return g_string_free (name, FALSE);
}

static JsonObject *
add_item (JsonObject *items, const char *name, const char *fallback)
{
    g_autofree char *wanted = draft_name (name, fallback);
    g_autofree char *free_name = g_strdup (wanted);
    JsonObject *item = json_object_new ();

    for (int i = 2; json_object_has_member (items, free_name); i++) {
        g_free (free_name);
        free_name = g_strdup_printf ("%.*s-%d", NAME_MAX_LENGTH - 4, wanted, i);
    }
    json_object_set_object_member (items, free_name, item);
    return item;
}

JsonObject *
draft_add_disk (Draft *draft, const char *name)
{
    return add_item (draft->disks, name, "disk");
}

JsonObject *
draft_add_nic (Draft *draft, const char *name)
{
    return add_item (draft->nics, name, "nic");
}

static const char *
find_switch (const Draft *draft, const char *type, const char *member, const char *device)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;

    json_object_iter_init_ordered (&iter, draft->switches);
    while (json_object_iter_next_ordered (&iter, &name, &node)) {
        JsonObject *item = json_node_get_object (node);

        if (g_strcmp0 (json_object_get_string_member_with_default (item, "type", NULL), type) ==
                0 &&
            g_strcmp0 (json_object_get_string_member_with_default (item, member, NULL), device) ==
                0)
            return name;
    }
    return NULL;
}

const char *
draft_add_switch (Draft *draft, const char *type, const char *member, const char *device)
{
    const char *found = find_switch (draft, type, member, device);
    JsonObject *item;

    if (found)
        return found;
    item = add_item (draft->switches, device, "lan");
    draft_set (item, "type", type);
    draft_set (item, member, device);
    return find_switch (draft, type, member, device);
}

void
draft_type (Draft *draft, const char *type)
{
    draft_set (draft->machine, "machine", g_strcmp0 (type, "pc") == 0 ? "i440fx" : type);
}

void
draft_emulator (Draft *draft, const char *path)
{
    static const char *const ordinary[] = { "/usr/bin/" DEFAULT_EMULATOR, "/bin/" DEFAULT_EMULATOR,
                                            DEFAULT_EMULATOR, NULL };
    static const char *const names[] = { "kvm", "qemu-kvm", "qemu", NULL };
    g_autofree char *name = g_path_get_basename (path);

    if (g_strv_contains (ordinary, path))
        return;
    if (g_strv_contains (names, name))
        draft_note (draft, "the emulator %s is taken for " DEFAULT_EMULATOR, path);
    else
        draft_set (draft->machine, "emulator", path);
}

static void
move_object (JsonObject *to, const char *key, JsonObject *object)
{
    if (json_object_get_size (object) > 0)
        json_object_set_object_member (to, key, json_object_ref (object));
}

static void
move_array (JsonObject *to, const char *key, JsonArray *array)
{
    if (json_array_get_length (array) > 0)
        json_object_set_array_member (to, key, json_array_ref (array));
}

JsonNode *
draft_finish (Draft *draft)
{
    g_autofree char *name = draft_name (draft->name, "imported");
    JsonNode *node = json_node_new (JSON_NODE_OBJECT);
    JsonObject *lab = json_object_new (), *machines = json_object_new ();

    if (g_strcmp0 (name, draft->name) != 0 && draft->name)
        draft_note (draft, "the name %s is written %s", draft->name, name);
    json_object_set_string_member (lab, "lab", name);
    move_object (lab, "switches", draft->switches);
    move_object (draft->machine, "disks", draft->disks);
    move_object (draft->machine, "nics", draft->nics);
    move_array (draft->machine, "forwards", draft->forwards);
    move_array (draft->machine, "args", draft->args);
    json_object_set_object_member (machines, name, json_object_ref (draft->machine));
    json_object_set_object_member (lab, "machines", machines);
    json_node_take_object (node, lab);
    return node;
}
