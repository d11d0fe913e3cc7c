/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the JSON Schema of profiles, made from the key table: draft 2020-12, as
 * YAML editors read it.  It accepts all that the loader accepts; what depends on
 * other keys it cannot say and does not try. */
#include "profile/keys.h"
#include "profile/profile.h"

#include "base/quantity.h"
#include "base/record.h"
#include "base/text.h"

#include <json-glib/json-glib.h>

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

/* a value with a variable in it can be anything */
#define VARIABLE "\\$\\{"

#define NAME_PATTERN "^[A-Za-z0-9][A-Za-z0-9_-]{0,%u}$"
#define TEMPLATE_PATTERN "^[A-Za-z0-9._-]+$"
#define RANGE_PATTERN "^[A-Za-z0-9_-]*(\\[[0-9]+-[0-9]+\\])?[A-Za-z0-9_-]*$"
#define BOOL_PATTERN "^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$"
#define INT_PATTERN "^[+-]?[0-9]+$|^0[xX][0-9A-Fa-f]+$"
#define SIZE_PATTERN "^[0-9]+(\\.[0-9]+)? *([KkMmGgTtPp]([Ii]?[Bb])?|[Bb])?$"
#define DURATION_PATTERN "^[0-9]+(\\.[0-9]+)? *([Mm][Ss]|[Ss]|[Mm]|[Hh]|[Dd])?$"
#define MAC_PATTERN "^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$"
#define UUID_PATTERN "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
#define CIDR_PATTERN "^[0-9]+(\\.[0-9]+){3}/[0-9]+$"
#define ADDRESS_PATTERN "^[0-9A-Fa-f.:]+$"
#define IFNAME_PATTERN "^[^/:\\s]{1,15}$"
#define DATE_PATTERN "^(utc|localtime|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8})?)$"
#define FORWARD_PATTERN "^ *(tcp|udp):.*-.*$"
#define VLAN_PATTERN "^[0-9, xA-Fa-f-]+$"

static void
member (JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_string_value (builder, value);
}

static void
member_int (JsonBuilder *builder, const char *name, gint64 value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_int_value (builder, value);
}

/* { "type": @type, "pattern": @pattern } */
static void
add_type (JsonBuilder *builder, const char *type, const char *pattern)
{
    json_builder_begin_object (builder);
    member (builder, "type", type);
    if (pattern)
        member (builder, "pattern", pattern);
    json_builder_end_object (builder);
}

/* Texts may be written without quotes, and then look like numbers. */
static void
add_text (JsonBuilder *builder)
{
    static const char *const types[] = { "string", "number", "boolean", NULL };

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "type");
    json_builder_begin_array (builder);
    for (gsize i = 0; types[i]; i++)
        json_builder_add_string_value (builder, types[i]);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
}

static void
add_words (JsonBuilder *builder, const char *const *words)
{
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "enum");
    json_builder_begin_array (builder);
    for (gsize i = 0; words[i]; i++)
        json_builder_add_string_value (builder, words[i]);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
}

static void
add_int (JsonBuilder *builder, gint64 min, gint64 max)
{
    json_builder_begin_object (builder);
    member (builder, "type", "integer");
    member_int (builder, "minimum", min);
    member_int (builder, "maximum", max);
    json_builder_end_object (builder);
}

static void
add_ref (JsonBuilder *builder, const Section *section)
{
    g_autofree char *ref = g_strdup_printf ("#/$defs/%s", section->name);

    json_builder_begin_object (builder);
    member (builder, "$ref", ref);
    json_builder_end_object (builder);
}

/* { "type": "array", "items": @pattern or any text } */
static void
add_list (JsonBuilder *builder, const char *pattern)
{
    json_builder_begin_object (builder);
    member (builder, "type", "array");
    json_builder_set_member_name (builder, "items");
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "anyOf");
    json_builder_begin_array (builder);
    if (pattern) {
        add_type (builder, "string", pattern);
        add_type (builder, "string", VARIABLE);
        add_type (builder, "integer", NULL);
    } else {
        add_text (builder);
    }
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    json_builder_end_object (builder);
}

/* A map of names to sections, or to single values. */
static void
add_map (JsonBuilder *builder, const char *pattern, const Section *section)
{
    json_builder_begin_object (builder);
    member (builder, "type", "object");
    json_builder_set_member_name (builder, "patternProperties");
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, pattern);
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "anyOf");
    json_builder_begin_array (builder);
    if (section)
        add_ref (builder, section);
    else
        add_text (builder);
    add_type (builder, "null", NULL);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    json_builder_end_object (builder);
    json_builder_set_member_name (builder, "additionalProperties");
    json_builder_add_boolean_value (builder, FALSE);
    json_builder_end_object (builder);
}

static void
add_items (JsonBuilder *builder, const Section *section)
{
    g_autofree char *pattern = g_strdup_printf (NAME_PATTERN, section->name_max - 1);

    add_map (builder, pattern, section);
}

/* A text of one shape, or one with a variable. */
static void
add_shape (JsonBuilder *builder, const char *pattern)
{
    add_type (builder, "string", pattern);
    add_type (builder, "string", VARIABLE);
}

/* Lists and maps. */
static void
add_collection (JsonBuilder *builder, const Key *key)
{
    g_autofree char *name = g_strdup_printf (NAME_PATTERN, NAME_MAX_LENGTH - 1);

    if (key->type == KEY_VLANS) {
        add_list (builder, VLAN_PATTERN);
        add_type (builder, "integer", NULL);
        add_shape (builder, VLAN_PATTERN);
    } else if (key->type == KEY_FORWARDS) {
        add_list (builder, FORWARD_PATTERN);
    } else if (key->type == KEY_ITEMS) {
        add_items (builder, key->section);
    } else if (key->type == KEY_TEMPLATES) {
        add_map (builder, TEMPLATE_PATTERN, key->section);
    } else if (key->type == KEY_MACHINES) {
        add_map (builder, RANGE_PATTERN, key->section);
    } else if (key->type == KEY_VARS || key->type == KEY_PROGRAMS) {
        add_map (builder, name, NULL);
    } else {
        add_list (builder, NULL);
        if (key->type != KEY_LIST && key->type != KEY_ARGV)
            add_text (builder);
    }
}

/* One value that has a shape of its own, and what it is where YAML reads no text. */
static void
add_shaped (JsonBuilder *builder, const Key *key)
{
    g_autofree char *name = g_strdup_printf (NAME_PATTERN, NAME_MAX_LENGTH - 1);
    const char *const shapes[] = {
        [KEY_NAME] = name,
        [KEY_BOOL] = BOOL_PATTERN,
        [KEY_CHOICE] = BOOL_PATTERN,
        [KEY_INT] = INT_PATTERN,
        [KEY_SIZE] = SIZE_PATTERN,
        [KEY_DURATION] = DURATION_PATTERN,
        [KEY_CIDR] = CIDR_PATTERN,
        [KEY_UUID] = UUID_PATTERN,
        [KEY_MAC] = MAC_PATTERN,
        [KEY_DATE] = DATE_PATTERN,
        [KEY_ADDRESS] = ADDRESS_PATTERN,
        [KEY_IFNAME] = IFNAME_PATTERN,
    };

    if (key->type == KEY_BOOL || key->type == KEY_CHOICE)
        add_type (builder, "boolean", NULL);
    else if (key->type == KEY_INT)
        add_int (builder, key->min, key->max);
    else if (key->type == KEY_NAME || key->type == KEY_SIZE || key->type == KEY_DURATION)
        add_type (builder, "number", NULL);
    add_shape (builder, shapes[key->type]);
}

/* The forms that the value of @key may have. */
static void
add_alternatives (JsonBuilder *builder, const Key *key)
{
    switch (key->type) {
    case KEY_STRING:
    case KEY_TEXT:
    case KEY_PATH:
    case KEY_DOCUMENT:
    case KEY_PROGRAM:
    case KEY_TEMPLATE:
        add_text (builder);
        break;
    case KEY_WORD:
    case KEY_ENUM:
        add_words (builder, key->words);
        add_type (builder, "string", VARIABLE);
        break;
    case KEY_BOOL:
    case KEY_CHOICE:
    case KEY_INT:
    case KEY_NAME:
    case KEY_SIZE:
    case KEY_DURATION:
    case KEY_CIDR:
    case KEY_ADDRESS:
    case KEY_IFNAME:
    case KEY_UUID:
    case KEY_MAC:
    case KEY_DATE:
        add_shaped (builder, key);
        break;
    case KEY_GROUP:
    case KEY_OBJECT:
        add_ref (builder, key->section);
        if (key->section->shorthand)
            add_alternatives (builder, key->section->keys);
        break;
    case KEY_VLANS:
    case KEY_STRINGS:
    case KEY_LIST:
    case KEY_ARGV:
    case KEY_FORWARDS:
    case KEY_ITEMS:
    case KEY_PROGRAMS:
    case KEY_FILES:
    case KEY_VARS:
    case KEY_TEMPLATES:
    case KEY_MACHINES:
        add_collection (builder, key);
        break;
    }
}

static void
add_default (JsonBuilder *builder, const Key *key)
{
    gint64 number;

    if (!key->initial)
        return;
    json_builder_set_member_name (builder, "default");
    if (key->type == KEY_BOOL)
        json_builder_add_boolean_value (builder, g_str_equal (key->initial, "true"));
    else if (key->type == KEY_INT && quantity_parse_int (key->initial, key->min, key->max, &number))
        json_builder_add_int_value (builder, number);
    else
        json_builder_add_string_value (builder, key->initial);
}

static void
add_key (JsonBuilder *builder, const Key *key)
{
    g_autofree char *unsaid =
        key->unsaid ? g_strdup_printf ("%s Without it: %s.", key->help, key->unsaid) : NULL;

    json_builder_set_member_name (builder, key->name);
    json_builder_begin_object (builder);
    member (builder, "description", unsaid ? unsaid : key->help);
    add_default (builder, key);
    json_builder_set_member_name (builder, "anyOf");
    json_builder_begin_array (builder);
    add_alternatives (builder, key);
    add_type (builder, "null", NULL);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
}

/* The members of the schema of @section, into an object that is open. */
static void
add_section (JsonBuilder *builder, const Section *section)
{
    member (builder, "type", "object");
    json_builder_set_member_name (builder, "properties");
    json_builder_begin_object (builder);
    for (const Key *key = section->keys; key->name; key++)
        add_key (builder, key);
    json_builder_end_object (builder);
    json_builder_set_member_name (builder, "additionalProperties");
    json_builder_add_boolean_value (builder, FALSE);
}

/* A file that is whole must have what is required; one that includes others or
 * is there to be included need not. */
static void
add_required (JsonBuilder *builder)
{
    static const char *const not_whole[] = { "include", "templates" };

    json_builder_set_member_name (builder, "anyOf");
    json_builder_begin_array (builder);
    for (gsize i = 0; i < G_N_ELEMENTS (not_whole); i++) {
        json_builder_begin_object (builder);
        json_builder_set_member_name (builder, "required");
        json_builder_begin_array (builder);
        json_builder_add_string_value (builder, not_whole[i]);
        json_builder_end_array (builder);
        json_builder_end_object (builder);
    }
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "required");
    json_builder_begin_array (builder);
    for (const Key *key = lab_section.keys; key->name; key++)
        if (key->required)
            json_builder_add_string_value (builder, key->name);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    json_builder_end_array (builder);
}

char *
profile_schema (void)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (JsonNode) root = NULL;

    json_builder_begin_object (builder);
    member (builder, "$schema", DIALECT);
    member (builder, "title", "roost profile");
    member (builder, "description", "A lab of QEMU machines.");
    add_section (builder, &lab_section);
    add_required (builder);
    json_builder_set_member_name (builder, "$defs");
    json_builder_begin_object (builder);
    for (gsize i = 0; key_sections[i]; i++) {
        if (key_sections[i] == &lab_section)
            continue;
        json_builder_set_member_name (builder, key_sections[i]->name);
        json_builder_begin_object (builder);
        add_section (builder, key_sections[i]);
        json_builder_end_object (builder);
    }
    json_builder_end_object (builder);
    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    return json_to_pretty_text (root);
}
