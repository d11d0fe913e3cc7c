/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema is JSON, says its dialect, and has every key of the table. */
#include "profile/keys.h"
#include "profile/profile.h"
#include "tests/unit/tap.h"

#include <json-glib/json-glib.h>
#include <string.h>

static JsonObject *
parse_schema (JsonParser *parser)
{
    g_autofree char *text = profile_schema ();

    ck_assert (json_parser_load_from_data (parser, text, -1, NULL));
    return json_node_get_object (json_parser_get_root (parser));
}

static JsonObject *
schema_of (JsonObject *root, const Section *section)
{
    JsonObject *defs = json_object_get_object_member (root, "$defs");

    return section == &lab_section ? root : json_object_get_object_member (defs, section->name);
}

START_TEST (dialect)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonObject *root = parse_schema (parser);

    ck_assert_str_eq (json_object_get_string_member (root, "$schema"),
                      "https://json-schema.org/draft/2020-12/schema");
}
END_TEST

START_TEST (every_key)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonObject *root = parse_schema (parser);

    for (gsize i = 0; key_sections[i]; i++) {
        JsonObject *schema = schema_of (root, key_sections[i]);
        JsonObject *properties = json_object_get_object_member (schema, "properties");
        guint n = 0;

        ck_assert (!json_object_get_boolean_member (schema, "additionalProperties"));
        for (const Key *key = key_sections[i]->keys; key->name; key++, n++) {
            JsonObject *property = json_object_get_object_member (properties, key->name);
            const char *text;

            ck_assert_msg (property != NULL, "%s.%s", key_sections[i]->name, key->name);
            text = json_object_get_string_member (property, "description");
            ck_assert_msg (g_str_has_prefix (text, key->help), "%s", key->name);
            ck_assert_uint_ge (
                json_array_get_length (json_object_get_array_member (property, "anyOf")), 2);
        }
        ck_assert_uint_eq (json_object_get_size (properties), n);
    }
}
END_TEST

/* every $ref leads somewhere */
static void
check_refs (JsonObject *root, JsonNode *node)
{
    if (JSON_NODE_HOLDS_ARRAY (node)) {
        JsonArray *array = json_node_get_array (node);

        for (guint i = 0; i < json_array_get_length (array); i++)
            check_refs (root, json_array_get_element (array, i));
    } else if (JSON_NODE_HOLDS_OBJECT (node)) {
        JsonObject *object = json_node_get_object (node);
        g_autoptr (GList) members = json_object_get_members (object);

        for (GList *at = members; at; at = at->next)
            check_refs (root, json_object_get_member (object, at->data));
        if (json_object_has_member (object, "$ref")) {
            const char *ref = json_object_get_string_member (object, "$ref");

            ck_assert (g_str_has_prefix (ref, "#/$defs/"));
            ck_assert (json_object_has_member (json_object_get_object_member (root, "$defs"),
                                               ref + strlen ("#/$defs/")));
        }
    }
}

START_TEST (references)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonObject *root = parse_schema (parser);

    check_refs (root, json_parser_get_root (parser));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("profile-schema");
    TCase *tcase = tcase_create ("schema");

    suite_add_tcase (suite, tcase);
    tcase_add_test (tcase, dialect);
    tcase_add_test (tcase, every_key);
    tcase_add_test (tcase, references);
    return run_tap (suite);
}
