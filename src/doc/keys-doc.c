/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is written about the keys of profiles. */
#include "doc/parts.h"

#include "base/quantity.h"
#include "doc/roff.h"
#include "profile/keys.h"

/* how the types of values are called where a word is enough */
static const char *const type_words[] = {
    [KEY_NAME] = "name",
    [KEY_STRING] = "text",
    [KEY_TEXT] = "text, may be empty",
    [KEY_PATH] = "path",
    [KEY_PROGRAM] = "program, by name or path",
    [KEY_BOOL] = "true or false",
    [KEY_CHOICE] = "true or false",
    [KEY_CIDR] = "network, as 10.0.2.0/24",
    [KEY_ADDRESS] = "IPv4 or IPv6 address",
    [KEY_IFNAME] = "name of an interface",
    [KEY_UUID] = "UUID",
    [KEY_MAC] = "MAC address",
    [KEY_DATE] = "utc, localtime, or date with or without time",
    [KEY_VLANS] = "VLANs and ranges of them: a list or one",
    [KEY_STRINGS] = "texts: a list or one",
    [KEY_LIST] = "list of texts",
    [KEY_ARGV] = "list of a program and its arguments",
    [KEY_FORWARDS] = "list of forwards",
    [KEY_PROGRAMS] = "map of names to programs",
    [KEY_FILES] = "files: a list or one",
    [KEY_VARS] = "map of names to values",
    [KEY_TEMPLATE] = "name of a template",
    [KEY_TEMPLATES] = "map of names to machines",
    [KEY_MACHINES] = "map of names to machines",
};

static char *
describe_size (const Key *key)
{
    g_autofree char *min = quantity_format_size (key->min);

    if (key->step > 1 && key->step != key->min) {
        g_autofree char *step = quantity_format_size (key->step);

        return g_strdup_printf ("size, at least %s, in steps of %s", min, step);
    }
    return g_strdup_printf ("size, a multiple of %s", min);
}

static char *
describe_int (const Key *key)
{
    if (key->max >= G_MAXINT32)
        return g_strdup_printf ("number from %" G_GINT64_FORMAT, key->min);
    return g_strdup_printf ("number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, key->min,
                            key->max);
}

static char *
describe_duration (const Key *key)
{
    g_autofree char *min = key->min > 1 ? quantity_format_duration (key->min) : NULL;

    return min ? g_strdup_printf ("duration, at least %s", min) : g_strdup ("duration");
}

/* Returns: (transfer full): what may be the value of @key */
static char *
describe_type (const Key *key)
{
    switch (key->type) {
    case KEY_WORD:
    case KEY_ENUM: {
        g_autofree char *words = g_strjoinv (", ", (char **)key->words);

        return g_strdup_printf ("one of %s", words);
    }
    case KEY_INT:
        return describe_int (key);
    case KEY_SIZE:
        return describe_size (key);
    case KEY_DURATION:
        return describe_duration (key);
    case KEY_GROUP:
    case KEY_OBJECT:
        return g_strdup_printf (key->section->shorthand ? "%s alone, or a map: see Keys of %s below"
                                                        : "%smap: see Keys of %s below",
                                key->section->shorthand ? key->section->keys[0].name : "",
                                key->section->name);
    case KEY_ITEMS:
        return g_strdup_printf ("map of names to maps: see Keys of a %s below", key->section->name);
    case KEY_NAME:
    case KEY_STRING:
    case KEY_TEXT:
    case KEY_PATH:
    case KEY_DOCUMENT:
    case KEY_PROGRAM:
    case KEY_BOOL:
    case KEY_CHOICE:
    case KEY_CIDR:
    case KEY_ADDRESS:
    case KEY_IFNAME:
    case KEY_UUID:
    case KEY_MAC:
    case KEY_DATE:
    case KEY_VLANS:
    case KEY_STRINGS:
    case KEY_LIST:
    case KEY_ARGV:
    case KEY_FORWARDS:
    case KEY_PROGRAMS:
    case KEY_FILES:
    case KEY_VARS:
    case KEY_TEMPLATE:
    case KEY_TEMPLATES:
    case KEY_MACHINES:
        break;
    }
    return g_strdup (type_words[key->type]);
}

static void
write_key (GString *out, const Key *key)
{
    g_autofree char *type = describe_type (key);
    g_autoptr (GString) text = g_string_new (key->help);

    if (key->required)
        g_string_append (text, "\nIt must be there.");
    else if (key->unsaid)
        g_string_append_printf (text, "\nWithout it: %s.", key->unsaid);
    else if (key->initial)
        g_string_append_printf (text, "\nWithout it: %s.", key->initial);
    roff_item (out, key->name, type);
    roff_text (out, text->str);
    if (key->example && g_strcmp0 (key->example, key->initial) != 0 &&
        g_strcmp0 (key->example, key->unsaid) != 0) {
        g_autofree char *line = g_strdup_printf ("Example: %s: %s", key->name, key->example);

        g_string_append (out, ".br\n");
        roff_text (out, line);
    }
}

void
doc_keys (GString *out)
{
    static const struct {
        const Section *section;
        const char *title;
    } titles[] = {
        { &lab_section, "Keys of the file" },          { &switch_section, "Keys of a switch" },
        { &tunnel_section, "Keys of a tunnel" },       { &machine_section, "Keys of a machine" },
        { &disk_section, "Keys of a disk" },           { &nic_section, "Keys of a nic" },
        { &clock_section, "Keys of clock" },           { &ssh_section, "Keys of ssh" },
        { &ready_section, "Keys of ready" },           { &firmware_section, "Keys of firmware" },
        { &cloud_init_section, "Keys of cloud_init" }, { &kickstart_section, "Keys of kickstart" },
    };

    for (gsize i = 0; key_sections[i]; i++) {
        const char *title = key_sections[i]->name;

        for (gsize j = 0; j < G_N_ELEMENTS (titles); j++)
            if (titles[j].section == key_sections[i])
                title = titles[j].title;
        g_string_append_printf (out, ".SS %s\n", title);
        for (const Key *key = key_sections[i]->keys; key->name; key++)
            write_key (out, key);
    }
}
