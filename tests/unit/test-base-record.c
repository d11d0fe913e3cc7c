/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/record: structs that become JSON and come back. */
#include "base/record.h"
#include "unit/tap.h"

#include <string.h>

typedef struct {
    char *word;
} Leaf;

typedef enum { RED, GREEN } Colour;

typedef struct {
    char *text;
    GStrv list;
    gboolean flag;
    gint64 number;
    Colour colour;
    Leaf *leaf;
    GPtrArray *leaves;
} Tree;

static const char *const colour_names[] = { "red", "green", NULL };
static const Field leaf_fields[] = { { "word", FIELD_STRING, offsetof (Leaf, word) }, { NULL } };
static const Record leaf_record = { "leaf", sizeof (Leaf), leaf_fields };
static const Field tree_fields[] = {
    { "text", FIELD_STRING, offsetof (Tree, text) },
    { "list", FIELD_STRINGS, offsetof (Tree, list) },
    { "flag", FIELD_BOOL, offsetof (Tree, flag) },
    { "number", FIELD_INT, offsetof (Tree, number) },
    { "colour", FIELD_ENUM, offsetof (Tree, colour), colour_names },
    { "leaf", FIELD_RECORD, offsetof (Tree, leaf), .record = &leaf_record },
    { "leaves", FIELD_RECORDS, offsetof (Tree, leaves), .record = &leaf_record },
    { NULL },
};
static const Record tree_record = { "tree", sizeof (Tree), tree_fields };

static Tree *
read_tree (const char *text, GError **error)
{
    g_autoptr (JsonNode) node = json_from_string (text, NULL);

    return record_from_json (&tree_record, node, error);
}

START_TEST (records_go_round)
{
    static const char whole[] =
        "{\"text\":\"a\\n\\\"b\\\"\",\"list\":[\"x\",\"\"],\"flag\":true,"
        "\"number\":9223372036854775807,\"colour\":\"green\",\"leaf\":{\"word\":\"w\"},"
        "\"leaves\":[{\"word\":\"1\"},{}]}";
    g_autofree char *text = NULL, *empty_text = NULL;
    g_autoptr (JsonNode) node = NULL, empty_node = NULL;
    Tree *tree = read_tree (whole, NULL), *empty;

    ck_assert_ptr_nonnull (tree);
    ck_assert_int_eq (tree->number, G_MAXINT64);
    ck_assert_int_eq (tree->colour, GREEN);
    ck_assert_uint_eq (tree->leaves->len, 2);
    node = record_to_json (&tree_record, tree);
    text = json_to_text (node);
    ck_assert_str_eq (text, whole);
    record_free (&tree_record, tree);

    empty = read_tree ("{\"a newer member\":[1],\"text\":null}", NULL);
    empty_node = record_to_json (&tree_record, empty);
    empty_text = json_to_text (empty_node);
    ck_assert_str_eq (empty_text, "{\"flag\":false,\"number\":0,\"colour\":\"red\",\"leaves\":[]}");
    record_free (&tree_record, empty);
    record_free (&tree_record, NULL);
}
END_TEST

/* straight to text is what json-glib would have made of it, but for how it escapes */
START_TEST (records_as_text)
{
    static const char all[] = "a\"\\/\b\n\x01\x1f\x7f\xc3\xa9\xe2\x82\xac";
    Leaf words[] = { { (char *)"1" }, { NULL } };
    g_autoptr (GPtrArray) leaves = g_ptr_array_new ();
    Tree tree = { .text = (char *)all, .number = G_MININT64, .leaf = &words[0], .leaves = leaves };
    g_autofree char *empty = record_to_text (&leaf_record, &words[1]), *text = NULL;
    g_autoptr (JsonNode) node = NULL, back = NULL;
    Tree *again;

    ck_assert_str_eq (empty, "{}");
    for (guint i = 0; i < 4; i++)
        g_ptr_array_add (leaves, &words[i % 2]);
    node = record_to_json (&tree_record, &tree);
    text = record_to_text (&tree_record, &tree);
    ck_assert_ptr_nonnull (strstr (text, "\\\"\\\\/\\u0008\\u000a\\u0001\\u001f\\u007f\xc3\xa9"));
    ck_assert_ptr_nonnull (strstr (text, "\"leaves\":[{\"word\":\"1\"},{},{\"word\":\"1\"},{}]"));
    back = json_from_string (text, NULL);
    ck_assert (json_node_equal (node, back));
    again = read_tree (text, NULL);
    ck_assert_str_eq (again->text, all);
    ck_assert_int_eq (again->number, G_MININT64);
    record_free (&tree_record, again);
}
END_TEST

static const char *const wrong_trees[][2] = {
    { "[]", "tree is not an object" },
    { "{\"text\":1}", "tree.text is not a string" },
    { "{\"list\":\"x\"}", "tree.list is not a list of strings" },
    { "{\"list\":[\"x\",1]}", "tree.list is not a list of strings" },
    { "{\"flag\":1}", "tree.flag is not true or false" },
    { "{\"number\":\"1\"}", "tree.number is not an integer" },
    { "{\"number\":1.5}", "tree.number is not an integer" },
    { "{\"colour\":\"blue\"}", "tree.colour is not one of the known words" },
    { "{\"colour\":1}", "tree.colour is not one of the known words" },
    { "{\"text\":\"freed\",\"leaf\":[]}", "leaf is not an object" },
    { "{\"leaves\":{}}", "the list of leaf is not an array" },
    { "{\"leaves\":[{\"word\":\"freed\"},{\"word\":[]}]}", "leaf.word is not a string" },
};

START_TEST (wrong_types_are_named)
{
    g_autoptr (GError) error = NULL;

    ck_assert_ptr_null (read_tree (wrong_trees[_i][0], &error));
    ck_assert_str_eq (error->message, wrong_trees[_i][1]);
    ck_assert_ptr_null (read_tree (wrong_trees[_i][0], NULL));
}
END_TEST

/* 200,000 of them made json-glib overflow its stack */
START_TEST (json_has_a_bottom)
{
    g_autofree char *open = g_strnfill (200000, '['), *fits = g_strnfill (JSON_MAX_DEPTH, '[');
    g_autofree char *close = g_strnfill (JSON_MAX_DEPTH, ']'),
                    *whole = g_strconcat (fits, close, NULL);
    g_autofree char *deeper = g_strconcat ("{\"a\\\"[\":", whole, "}", NULL);
    g_autofree char *text = g_strconcat ("[\"", open, "\"]", NULL);
    g_autoptr (JsonNode) deep = json_from_text (whole, NULL), string = json_from_text (text, NULL);
    g_autoptr (GError) error = NULL;

    ck_assert_ptr_null (json_from_text (open, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "nested deeper than"));
    ck_assert_ptr_null (json_from_text (deeper, NULL));
    ck_assert_ptr_nonnull (deep);
    ck_assert_ptr_nonnull (string);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-record");
    TCase *tcase = tcase_create ("record");

    tcase_add_test (tcase, records_go_round);
    tcase_add_test (tcase, records_as_text);
    tcase_add_loop_test (tcase, wrong_types_are_named, 0, G_N_ELEMENTS (wrong_trees));
    tcase_add_test (tcase, json_has_a_bottom);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
