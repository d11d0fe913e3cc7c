/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the translation of options into commands of the monitor; see plug-command.h. */
#include "machine/plug/plug-command.h"

#include "base/optread.h"

#include <string.h>

static const struct {
    const char *option, *add, *remove, *head, *id;
} kinds[] = {
    { "-netdev", "netdev_add", "netdev_del", "type", "id" },
    { "-object", "object-add", "object-del", "qom-type", "id" },
    { "-blockdev", "blockdev-add", "blockdev-del", "driver", "node-name" },
    { "-device", "device_add", NULL, "driver", "id" },
};

/* QMP tells numbers and truths from texts; a serial number that looks like a number
 * is a text. */
static const char *const numbers[] = { "bootindex", "vectors",      "scsi-id",     "lun",
                                       "unit",      "x-iops-total", "x-bps-total", NULL };
static const char *const truths[] = { "read-only", "cache.direct", "cache.no-flush", "write-cache",
                                      "mq",        "restrict",     "vhost",          NULL };

static void
command_free (gpointer data)
{
    PlugCommand *command = data;

    json_node_unref (command->arguments);
    g_ptr_array_unref (command->fds);
    g_free (command);
}

static PlugCommand *
command_new (const char *execute, JsonObject *arguments)
{
    PlugCommand *command = g_new (PlugCommand, 1);

    *command = (PlugCommand){ execute, json_node_new (JSON_NODE_OBJECT), g_ptr_array_new () };
    json_node_take_object (command->arguments, arguments);
    return command;
}

char *
plug_fd_name (const FdRecord *fd)
{
    return g_strdup_printf ("plug-%d", (int)fd->fd);
}

/* Returns: (transfer none): the object in @object that the dots of @key lead to */
static JsonObject *
descend (JsonObject *object, char **keys)
{
    for (gsize i = 0; keys[i] && keys[i + 1]; i++) {
        if (!json_object_has_member (object, keys[i]))
            json_object_set_object_member (object, keys[i], json_object_new ());
        object = json_object_get_object_member (object, keys[i]);
    }
    return object;
}

static void
set_member (JsonObject *arguments, const OptItem *item)
{
    g_auto (GStrv) keys = g_strsplit (item->key, ".", -1);
    JsonObject *object = descend (arguments, keys);
    const char *name = keys[g_strv_length (keys) - 1];

    if (g_strv_contains (numbers, item->key))
        json_object_set_int_member (object, name, g_ascii_strtoll (item->value, NULL, 10));
    else if (g_strv_contains (truths, item->key))
        json_object_set_boolean_member (object, name, strcmp (item->value, "on") == 0);
    else
        json_object_set_string_member (object, name, item->value);
}

static void
set_fds (PlugCommand *command, const char *key)
{
    GString *names = g_string_new (NULL);

    for (guint i = 0; i < command->fds->len; i++) {
        g_autofree char *name = plug_fd_name (g_ptr_array_index (command->fds, i));

        g_string_append_printf (names, "%s%s", i ? ":" : "", name);
    }
    json_object_set_string_member (json_node_get_object (command->arguments), key, names->str);
    g_string_free (names, TRUE);
}

/* Ports of the host are opened by other means: see lab/forward.h. */
static PlugCommand *
translate (const MachineStep *step, const PartOption *option, gsize kind)
{
    PlugCommand *command = command_new (kinds[kind].add, json_object_new ());

    for (guint i = 0; i < option->items->len; i++) {
        const OptItem *item = g_ptr_array_index (option->items, i);

        if (!item->key) {
            json_object_set_string_member (json_node_get_object (command->arguments),
                                           kinds[kind].head, item->value);
        } else if (strcmp (item->key, "fd") == 0 || strcmp (item->key, "fds") == 0) {
            g_ptr_array_unref (command->fds);
            command->fds = part_option_fds (step, option->items);
            set_fds (command, item->key);
        } else if (strcmp (item->key, "hostfwd") != 0) {
            set_member (json_node_get_object (command->arguments), item);
        }
    }
    return command;
}

static gsize
kind_of (const PartOption *option)
{
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (strcmp (kinds[i].option, option->option) == 0)
            return i;
    g_assert_not_reached ();
}

GPtrArray *
plug_commands (const MachineStep *step, const char *part)
{
    g_autoptr (GPtrArray) options = part_options (step, part);
    GPtrArray *commands = g_ptr_array_new_with_free_func (command_free);

    for (guint i = 0; i < options->len; i++) {
        const PartOption *option = g_ptr_array_index (options, i);

        g_ptr_array_add (commands, translate (step, option, kind_of (option)));
    }
    return commands;
}

GPtrArray *
plug_rest_commands (const MachineStep *step, const char *part)
{
    g_autoptr (GPtrArray) options = part_options (step, part);
    GPtrArray *commands = g_ptr_array_new_with_free_func (command_free);

    for (guint i = options->len; i-- > 0;) {
        const PartOption *option = g_ptr_array_index (options, i);
        gsize kind = kind_of (option);
        JsonObject *arguments;

        if (!kinds[kind].remove)
            continue;
        arguments = json_object_new ();
        json_object_set_string_member (arguments, kinds[kind].id,
                                       opt_get (option->items, kinds[kind].id));
        g_ptr_array_add (commands, command_new (kinds[kind].remove, arguments));
    }
    return commands;
}
