/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/: complaints, quantities, words, addresses, records and files. */
#include "base/diag.h"
#include "base/dirs.h"
#include "base/error.h"
#include "base/ether.h"
#include "base/file.h"
#include "base/optread.h"
#include "base/quantity.h"
#include "base/record.h"
#include "base/text.h"
#include "unit/tap.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- diag --- */

START_TEST (diag_formats)
{
    g_autoptr (DiagList) list = diag_list_new ();
    Place nowhere = { NULL, 0, 0 };
    Place file = { g_intern_static_string ("a.yaml"), 0, 0 };
    Place later = { g_intern_static_string ("a.yaml"), 12, 9 };
    Place earlier = { g_intern_static_string ("a.yaml"), 12, 3 };
    g_autofree char *text = NULL, *line = NULL, *whole = NULL, *none = NULL;

    diag_error (list, later, "machines.web.memory", "\"%s\" is not a size (try 4G)", "4X");
    diag_warning (list, earlier, NULL, "odd");
    diag_error (list, file, "", "empty");
    diag_error (list, nowhere, "key", "lost");
    ck_assert_uint_eq (diag_list_n_errors (list), 3);
    ck_assert_uint_eq (diag_list_length (list), 4);
    diag_list_sort (list);
    text = diag_list_format (list);
    ck_assert_str_eq (text, "key: lost\n"
                            "a.yaml: empty\n"
                            "a.yaml:12:3: warning: odd\n"
                            "a.yaml:12:9: machines.web.memory: \"4X\" is not a size (try 4G)\n");
    ck_assert_ptr_eq (diag_list_get (list, 3)->place.file, later.file);
    line = place_format (later);
    whole = place_format (file);
    none = place_format (nowhere);
    ck_assert_str_eq (line, "a.yaml:12");
    ck_assert_str_eq (whole, "a.yaml");
    ck_assert_str_eq (none, "");
}
END_TEST

/* --- quantity --- */

static const struct {
    const char *text;
    gint64 bytes; /* -1 = not a size */
} sizes[] = {
    { "0", 0 },
    { "1", 1 },
    { "512b", 512 },
    { "1K", 1024 },
    { "1.5k", 1536 },
    { "4G", G_GINT64_CONSTANT (4) << 30 },
    { "512 MiB", 512 << 20 },
    { "1T", G_GINT64_CONSTANT (1) << 40 },
    { "2PB", G_GINT64_CONSTANT (2) << 50 },
    { "9007199254740992", G_GINT64_CONSTANT (9007199254740992) },
    { "8191P", G_GINT64_CONSTANT (8191) << 50 },
    { "8192P", -1 },
    { "0.3", -1 },
    { "0.1K", -1 },
    { "", -1 },
    { "4X", -1 },
    { "-1", -1 },
    { "+1", -1 },
    { " 1", -1 },
    { "0x10", -1 },
    { "1e3", -1 },
    { "1E", -1 },
    { "inf", -1 },
    { "1 2", -1 },
    { "G", -1 },
    { "9223372036854775808", -1 },
    { "99999999999999999999999P", -1 },
};

START_TEST (sizes_are_read)
{
    guint64 bytes = 77;
    gboolean good = quantity_parse_size (sizes[_i].text, &bytes);

    ck_assert_msg (good == (sizes[_i].bytes >= 0), "%s", sizes[_i].text);
    ck_assert_msg (bytes == (good ? (guint64)sizes[_i].bytes : 77), "%s: %" G_GUINT64_FORMAT,
                   sizes[_i].text, bytes);
}
END_TEST

START_TEST (sizes_are_written)
{
    static const struct {
        guint64 bytes;
        const char *text;
    } rows[] = { { 0, "0" },
                 { 1023, "1023" },
                 { 1024, "1K" },
                 { 1536 << 20, "1536M" },
                 { G_GUINT64_CONSTANT (4) << 30, "4G" },
                 { G_GUINT64_CONSTANT (1) << 40, "1T" },
                 { G_GUINT64_CONSTANT (1) << 60, "1024P" } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text = quantity_format_size (rows[i].bytes);
        guint64 back;

        ck_assert_str_eq (text, rows[i].text);
        ck_assert (quantity_parse_size (text, &back) && back == rows[i].bytes);
    }
}
END_TEST

START_TEST (durations)
{
    static const struct {
        const char *text;
        gint64 ms;
    } rows[] = { { "0", 0 },        { "5", 5000 },     { "100ms", 100 },   { "1.5s", 1500 },
                 { "10m", 600000 }, { "2h", 7200000 }, { "1d", 86400000 }, { "24d", 2073600000 },
                 { "25d", -1 },     { "0.5ms", -1 },   { "s", -1 },        { "", -1 },
                 { "soon", -1 },    { "1e3", -1 },     { "-1s", -1 },      { "10 m", 600000 } };
    static const struct {
        guint64 ms;
        const char *text;
    } words[] = { { 0, "0 ms" },
                  { 350, "350 ms" },
                  { 2449, "2.4 s" },
                  { 200000, "3 m 20 s" },
                  { 3600000 * 30 + 60000, "30 h 1 m" } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        guint ms = 77;

        ck_assert_msg (quantity_parse_duration (rows[i].text, &ms) == (rows[i].ms >= 0), "%s",
                       rows[i].text);
        ck_assert_uint_eq (ms, rows[i].ms >= 0 ? rows[i].ms : 77);
    }
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        g_autofree char *text = quantity_format_duration (words[i].ms);

        ck_assert_str_eq (text, words[i].text);
    }
}
END_TEST

START_TEST (amounts)
{
    static const struct {
        guint64 bytes;
        const char *text;
    } words[] = { { 0, "0.0 KiB" },
                  { 1536, "1.5 KiB" },
                  { 1024 * 1024 - 1, "1.0 MiB" },
                  { 25060966, "23.9 MiB" },
                  { G_MAXUINT64, "16384.0 PiB" } };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        g_autofree char *text = quantity_format_amount (words[i].bytes);

        ck_assert_str_eq (text, words[i].text);
    }
}
END_TEST

START_TEST (integers)
{
    gint64 value = 7;

    ck_assert (quantity_parse_int ("-5", -10, 10, &value) && value == -5);
    ck_assert (quantity_parse_int ("+5", -10, 10, &value) && value == 5);
    ck_assert (quantity_parse_int ("0x10", 0, 16, &value) && value == 16);
    ck_assert (quantity_parse_int ("9223372036854775807", 0, G_MAXINT64, &value));
    ck_assert_int_eq (value, G_MAXINT64);
    ck_assert (!quantity_parse_int ("9223372036854775808", 0, G_MAXINT64, &value));
    ck_assert (!quantity_parse_int ("11", -10, 10, &value));
    ck_assert (!quantity_parse_int ("-0x1", -10, 10, &value));
    ck_assert (!quantity_parse_int ("0x", 0, 10, &value));
    ck_assert (!quantity_parse_int ("1 ", 0, 10, &value));
    ck_assert (!quantity_parse_int ("", 0, 10, &value));
    ck_assert (!quantity_parse_int (NULL, 0, 10, &value));
    ck_assert (!quantity_parse_int ("--1", -10, 10, &value));
    ck_assert_int_eq (value, G_MAXINT64);
}
END_TEST

/* --- text --- */

START_TEST (suggestions)
{
    static const char *const words[] = { "memory", "machine", "smp", "nics", NULL };
    static const char *const none[] = { NULL };
    g_autofree char *giant = g_strnfill (10000, 'm');

    ck_assert_str_eq (text_suggest ("memroy", words), "memory");
    ck_assert_str_eq (text_suggest ("nic", words), "nics");
    ck_assert_str_eq (text_suggest ("machines", words), "machine");
    ck_assert_ptr_null (text_suggest ("kernel", words));
    ck_assert_ptr_null (text_suggest ("", words));
    ck_assert_ptr_null (text_suggest (giant, words));
    ck_assert_ptr_null (text_suggest ("memory", none));
}
END_TEST

START_TEST (names)
{
    g_autofree char *longest = g_strnfill (NAME_MAX_LENGTH, 'a');
    g_autofree char *longer = g_strnfill (NAME_MAX_LENGTH + 1, 'a');
    static const char *const bad[] = { "",    "-a",  "_a",   ".",        "..",  "a/b",
                                       "a b", "a,b", "a\nb", "\303\244", "a.b", "a:b" };

    ck_assert (name_is_valid ("web-1_x"));
    ck_assert (name_is_valid ("1"));
    ck_assert (name_is_valid (longest));
    ck_assert (!name_is_valid (longer));
    ck_assert (!name_is_valid (NULL));
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        ck_assert_msg (!name_is_valid (bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST (quotes_and_lines)
{
    g_autofree char *giant = g_strnfill (1000, 'a');
    g_autofree char *plain = text_quote ("a\nb\033[1m"), *cut = text_quote (giant);
    g_autofree char *broken = text_quote ("\377"), *null = text_quote (NULL);
    g_autofree char *last = text_last_line ("one\ntwo \n\n \n"), *only = text_last_line ("one");
    g_autofree char *empty = text_last_line (""), *nothing = text_last_line (NULL);

    ck_assert_str_eq (plain, "\"a\\nb\\x1b[1m\"");
    ck_assert_uint_lt (strlen (cut), 100);
    ck_assert (g_str_has_suffix (cut, "…\""));
    ck_assert (g_utf8_validate (broken, -1, NULL));
    ck_assert_str_eq (null, "\"\"");
    ck_assert_str_eq (last, "two");
    ck_assert_str_eq (only, "one");
    ck_assert_str_eq (empty, "");
    ck_assert_str_eq (nothing, "");
}
END_TEST

/* --- ether --- */

START_TEST (macs)
{
    static const char *const bad[] = { "",
                                       "52:54:00:12:34",
                                       "52:54:00:12:34:5",
                                       "52:54:00:12:34:56:78",
                                       "52:54-00:12:34:56",
                                       "52.54.00.12.34.56",
                                       "g2:54:00:12:34:56" };
    g_autofree char *text = NULL;
    Mac mac, multicast;

    ck_assert (mac_parse ("52-54-00-AB-cd-eF", &mac));
    text = mac_format (&mac);
    ck_assert_str_eq (text, "52:54:00:ab:cd:ef");
    ck_assert (!mac_is_multicast (&mac));
    ck_assert (mac_parse ("ff:ff:ff:ff:ff:ff", &multicast) && mac_is_multicast (&multicast));
    ck_assert (!mac_parse (NULL, &mac));
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        ck_assert_msg (!mac_parse (bad[i], &mac), "%s", bad[i]);
}
END_TEST

START_TEST (vlans)
{
    static const char *const bad[] = { "0", "4095", "20-10", "10,", "a", "-1", "1--2", "1-2-3" };
    g_autofree char *text = NULL, *all = NULL;
    VlanSet set;

    ck_assert (vlan_set_parse ("", &set) && vlan_set_is_empty (&set));
    ck_assert (vlan_set_parse ("10, 20-29,11,4094", &set));
    text = vlan_set_format (&set);
    ck_assert_str_eq (text, "10-11,20-29,4094");
    ck_assert (vlan_set_has (&set, 4094) && !vlan_set_has (&set, 4095) && !vlan_set_has (&set, 0));
    ck_assert (!vlan_set_is_empty (&set));
    ck_assert (vlan_set_parse ("1-4094", &set));
    all = vlan_set_format (&set);
    ck_assert_str_eq (all, "1-4094");
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        ck_assert_msg (!vlan_set_parse (bad[i], &set), "%s", bad[i]);
}
END_TEST

/* --- record --- */

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

/* one that was read is written as json-glib writes it; without a text, what is wrong */
static void
check_reading (const char *text, const char *wanted)
{
    g_autoptr (GError) error = NULL;
    Tree *tree = record_from_text (&tree_record, text, &error);
    g_autoptr (JsonNode) node = tree ? record_to_json (&tree_record, tree) : NULL;
    g_autofree char *again = node ? json_to_text (node) : NULL;

    ck_assert_str_eq (again ? again : error->message, wanted);
    record_free (&tree_record, tree);
}

#define REST "\"flag\":false,\"number\":0,\"colour\":\"red\",\"leaves\":[]}"

START_TEST (records_from_text)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "{}", "{" REST },
        { " {\t\"flag\" : true\r\n, \"number\":-7 ,\"leaves\": [ ] } \n",
          "{\"flag\":true,\"number\":-7,\"colour\":\"red\",\"leaves\":[]}" },
        /* in another order, of another program, with nothing in it */
        { "{\"leaves\":[],\"new\":{\"a\":[{},\"]}\\\"\",1.5e-3,null]},\"text\":null}", "{" REST },
        { "{\"text\":\"\\u00e9\\ud83d\\ude00\\\\\\/\\n\"}",
          "{\"text\":\"\xc3\xa9\xf0\x9f\x98\x80\\\\/\\n\"," REST },
        { "", "tree is not an object" },
        { "{} x", "no JSON at byte 3" },
        { "{\"flag\":true,}", "no JSON at byte 13" },
        { "{\"flag\":true \"number\":1}", "no JSON at byte 13" },
        { "{\"flag\":true,\"flag\":true}", "no JSON at byte 20" },
        { "{\"flag\" true}", "no JSON at byte 8" },
        { "{\"flag\":truest}", "tree.flag is not true or false" },
        { "{\"new\":[[1}", "no JSON at byte 11" },
        { "{\"new\":", "no JSON at byte 7" },
        { "{\"text\":\"\\ud83d\"}", "tree.text is not a string" },
        { "{\"text\":\"\\u0000\"}", "tree.text is not a string" },
        { "{\"text\":\"\\x\"}", "tree.text is not a string" },
        { "{\"text\":\"\\n a\nb\"}", "tree.text is not a string" },
        { "{\"text\":\"a", "tree.text is not a string" },
        { "{\"text\":\"\xff\"}", "no JSON at byte 0" },
        { "{\"number\":9223372036854775808}", "tree.number is not an integer" },
        { "{\"number\":1e3}", "tree.number is not an integer" },
    };
    g_autofree char *deep = g_strnfill (5000, '['), *text = g_strconcat ("{\"new\":", deep, NULL);

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        check_reading (rows[i].text, rows[i].wanted);
    ck_assert_ptr_null (record_from_text (&tree_record, text, NULL));
}
END_TEST

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
    check_reading (whole, whole);

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
    again = record_from_text (&tree_record, text, NULL);
    ck_assert_str_eq (again->text, all);
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
    check_reading (wrong_trees[_i][0], wrong_trees[_i][1]);
    ck_assert_ptr_null (record_from_text (&tree_record, wrong_trees[_i][0], NULL));
}
END_TEST

/* --- errors --- */

START_TEST (error_classes)
{
    GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "text");

    ck_assert_int_eq (roost_error_status (NULL), 0);
    ck_assert_int_eq (roost_error_status (error), 1);
    roost_error_reclass (&error, ROOST_ERROR_HOST);
    ck_assert_int_eq (roost_error_status (error), 4);
    ck_assert_str_eq (error->message, "text");
    roost_error_reclass (&error, ROOST_ERROR_USAGE);
    ck_assert_int_eq (roost_error_status (error), 4);
    g_clear_error (&error);
    roost_error_reclass (&error, ROOST_ERROR_HOST);
    ck_assert_ptr_null (error);
    for (int code = ROOST_ERROR_FAILED; code <= ROOST_ERROR_TIMEOUT; code++)
        ck_assert_int_eq (roost_error_from_class (roost_error_class (code)), code);
    ck_assert_int_eq (roost_error_from_class ("CommandNotFound"), ROOST_ERROR_FAILED);
}
END_TEST

/* --- files --- */

static mode_t
mode_of (const char *path)
{
    struct stat info;

    ck_assert_int_eq (lstat (path, &info), 0);
    return info.st_mode & 07777;
}

START_TEST (files_are_written_whole)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "file", NULL), *text = NULL;
    g_autofree char *below = g_build_filename (path, "below", NULL), *target = NULL;
    g_autofree char *tail = NULL, *nothing = NULL;
    g_autoptr (GError) error = NULL;
    gsize length;

    ck_assert (file_write_whole (path, "a\0b", 3, 0600, NULL));
    ck_assert_int_eq (mode_of (path), 0600);
    text = file_read (path, 3, &length, NULL);
    ck_assert_uint_eq (length, 3);
    ck_assert_mem_eq (text, "a\0b", 4);
    ck_assert_ptr_null (file_read (path, 2, NULL, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "larger than the limit of 2 bytes"));
    g_clear_error (&error);
    ck_assert (file_write_whole (path, "new text", 8, 0600, NULL));
    tail = file_tail (path, 4);
    nothing = file_tail (below, 4);
    ck_assert_str_eq (tail, "text");
    ck_assert_str_eq (nothing, "");
    ck_assert (!file_write_whole (below, "x", 1, 0600, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR));
    g_clear_error (&error);
    ck_assert_ptr_null (file_read (dir, 10, NULL, &error));
    g_clear_error (&error);
    /* a directory is in its way: it stays, and no temporary file does */
    target = g_build_filename (dir, "dir", NULL);
    ck_assert_int_eq (g_mkdir (target, 0700), 0);
    ck_assert (!file_write_whole (target, "x", 1, 0600, &error));
    ck_assert_int_eq (g_rmdir (target), 0);
    ck_assert_int_eq (g_unlink (path), 0);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (private_directories)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *a = g_build_filename (dir, "a", NULL), *b = g_build_filename (a, "b", NULL);
    g_autofree char *link = g_build_filename (dir, "link", NULL);
    g_autoptr (GError) error = NULL;

    ck_assert (file_make_private_dir (b, NULL));
    ck_assert_int_eq (mode_of (a), 0700);
    ck_assert_int_eq (mode_of (b), 0700);
    ck_assert_int_eq (chmod (b, 0755), 0);
    ck_assert (file_make_private_dir (b, NULL));
    ck_assert_int_eq (mode_of (b), 0700);
    ck_assert_int_eq (symlink (b, link), 0);
    ck_assert (!file_make_private_dir (link, &error));
    if (geteuid () == 0) {
        g_clear_error (&error);
        ck_assert_int_eq (chown (b, 65534, 65534), 0);
        ck_assert (!file_make_private_dir (b, &error));
        ck_assert_ptr_nonnull (strstr (error->message, "belongs to user 65534"));
    }
    g_unlink (link);
    g_rmdir (b);
    g_rmdir (a);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (paths)
{
    g_autofree char *relative = file_absolute ("/a/b", "../c/./d");
    g_autofree char *absolute = file_absolute ("/a/b", "/x/../y");
    g_autofree char *home = file_absolute ("/a", "~/x"), *run = NULL, *lab = NULL;
    g_autofree char *wanted = g_build_filename (g_get_home_dir (), "x", NULL);

    ck_assert_str_eq (relative, "/a/c/d");
    ck_assert_str_eq (absolute, "/y");
    ck_assert_str_eq (home, wanted);
    g_setenv ("ROOST_RUN_DIR", "/tmp/x", TRUE);
    run = dirs_run_root ();
    lab = dirs_lab_run ("lab");
    ck_assert_str_eq (run, "/tmp/x");
    ck_assert_str_eq (lab, "/tmp/x/lab");
}
END_TEST

/* --- option strings of QEMU --- */

START_TEST (options_are_read)
{
    g_autoptr (GPtrArray) items = opt_read ("e1000,id=a,,b,file.name=/x=y");

    ck_assert_uint_eq (items->len, 3);
    ck_assert_ptr_null (((OptItem *)g_ptr_array_index (items, 0))->key);
    ck_assert_str_eq (((OptItem *)g_ptr_array_index (items, 0))->value, "e1000");
    ck_assert_str_eq (opt_get (items, "id"), "a,b");
    ck_assert_str_eq (opt_get (items, "file.name"), "/x=y");
    ck_assert_ptr_null (opt_get (items, "nothing"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base");
    TCase *tcase = tcase_create ("base");

    tcase_add_test (tcase, diag_formats);
    tcase_add_loop_test (tcase, sizes_are_read, 0, G_N_ELEMENTS (sizes));
    tcase_add_test (tcase, sizes_are_written);
    tcase_add_test (tcase, durations);
    tcase_add_test (tcase, amounts);
    tcase_add_test (tcase, integers);
    tcase_add_test (tcase, suggestions);
    tcase_add_test (tcase, names);
    tcase_add_test (tcase, quotes_and_lines);
    tcase_add_test (tcase, macs);
    tcase_add_test (tcase, vlans);
    tcase_add_test (tcase, records_from_text);
    tcase_add_test (tcase, records_go_round);
    tcase_add_test (tcase, records_as_text);
    tcase_add_loop_test (tcase, wrong_types_are_named, 0, G_N_ELEMENTS (wrong_trees));
    tcase_add_test (tcase, error_classes);
    tcase_add_test (tcase, files_are_written_whole);
    tcase_add_test (tcase, private_directories);
    tcase_add_test (tcase, paths);
    tcase_add_test (tcase, options_are_read);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
