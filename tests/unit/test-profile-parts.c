/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of profile/ on their own: forwards, ranges, merging, YAML. */
#include "profile/complain.h"
#include "profile/forward.h"
#include "profile/tree/merge.h"
#include "profile/tree/range.h"
#include "profile/value.h"
#include "profile/tree/yaml.h"
#include "tests/unit/tap.h"

#include <string.h>

static Node *
parse (const char *text, DiagList *diags)
{
    g_autoptr (Complaints) complaints = complaints_new (diags);

    return yaml_parse (text, strlen (text), "t.yaml", "/t", complaints);
}

START_TEST (forward_full)
{
    g_autofree char *problem = NULL;
    Forward *forward = forward_parse ("udp:10.0.0.1:5353-10.0.2.9:53 as dns", &problem);

    ck_assert_ptr_null (problem);
    ck_assert_int_eq (forward->proto, PROTO_UDP);
    ck_assert_str_eq (forward->host_address, "10.0.0.1");
    ck_assert_int_eq (forward->host_port, 5353);
    ck_assert_str_eq (forward->guest_address, "10.0.2.9");
    ck_assert_int_eq (forward->guest_port, 53);
    ck_assert_str_eq (forward->name, "dns");
    model_forward_free (forward);
}
END_TEST

START_TEST (forward_short)
{
    static const struct {
        const char *text, *host;
        int host_port, guest_port;
    } rows[] = {
        { "udp::69-:69", "", 69, 69 },
        { "tcp:127.0.0.1:0-:443 as https", "127.0.0.1", 0, 443 },
        { "tcp:8080-80", "127.0.0.1", 8080, 80 },
        { " tcp:0.0.0.0:1-:65535 ", "0.0.0.0", 1, 65535 },
    };
    g_autofree char *problem = NULL;
    Forward *forward = forward_parse (rows[_i].text, &problem);

    ck_assert_ptr_null (problem);
    ck_assert_str_eq (forward->host_address, rows[_i].host);
    ck_assert_int_eq (forward->host_port, rows[_i].host_port);
    ck_assert_int_eq (forward->guest_port, rows[_i].guest_port);
    ck_assert_ptr_null (forward->guest_address);
    model_forward_free (forward);
}
END_TEST

START_TEST (forward_wrong)
{
    static const char *const rows[] = {
        "",
        "tcp",
        "tcp:",
        "tcp:-",
        "tcp:1",
        "tcp:1-",
        "tcp:-1",
        "tcp:1-:",
        "tcp:a-:1",
        "tcp:+1-:1",
        "tcp:0x1-1",
        "tcp:1-:1 as",
        "tcp:1-:1 as a b",
        "tcp:1-:1 as -",
        "TCP:1-:1",
        "tcp:1-2-3",
        "tcp:::1:1-:1",
        "tcp:1-:1as web",
        "tcp:1.2.3.4.5:1-:1",
    };
    g_autofree char *problem = NULL;

    ck_assert_ptr_null (forward_parse (rows[_i], &problem));
    ck_assert_ptr_nonnull (problem);
}
END_TEST

static char *
join_range (const char *text)
{
    g_autofree char *problem = NULL;
    g_autoptr (GArray) names = range_expand (text, &problem);
    GString *all = g_string_new (NULL);

    for (guint i = 0; names && i < names->len; i++) {
        RangeName *name = &g_array_index (names, RangeName, i);

        g_string_append_printf (all, "%s%s=%s", i ? " " : "", name->name, name->n ? name->n : "");
    }
    if (!names)
        g_string_append (all, "wrong");
    ck_assert_int_eq (names == NULL, problem != NULL);
    return g_string_free (all, FALSE);
}

START_TEST (ranges)
{
    static const char *const rows[][2] = {
        { "web", "web=" },
        { "esxi[1-3]", "esxi1=1 esxi2=2 esxi3=3" },
        { "n[09-11]", "n09=09 n10=10 n11=11" },
        { "n[9-11]", "n9=9 n10=10 n11=11" },
        { "a[0-1]-b", "a0-b=0 a1-b=1" },
        { "[7-7]", "7=7" },
        { "a[1-]", "wrong" },
        { "a[-1]", "wrong" },
        { "a[1]", "wrong" },
        { "a[1-2", "wrong" },
        { "a]1-2[", "wrong" },
        { "a[2-1]", "wrong" },
        { "a[1-99999999999]", "wrong" },
        { "", "wrong" },
        { "a b", "wrong" },
    };
    g_autofree char *all = join_range (rows[_i][0]);

    ck_assert_str_eq (all, rows[_i][1]);
}
END_TEST

START_TEST (range_limit)
{
    g_autofree char *problem = NULL, *too_many = NULL;
    g_autoptr (GArray) names = range_expand ("m[1-4096]", &problem);

    ck_assert_uint_eq (names->len, 4096);
    ck_assert_ptr_null (range_expand ("m[0-4096]", &too_many));
    ck_assert_ptr_nonnull (too_many);
}
END_TEST

/* Keys in order, values in brackets where they are maps. */
static void
print_node (GString *out, const Node *node)
{
    if (node->kind == NODE_SCALAR) {
        g_string_append (out, node->text);
        return;
    }
    g_string_append_c (out, node->kind == NODE_MAP ? '{' : '[');
    for (guint i = 0; node->kind == NODE_LIST && i < node->items->len; i++) {
        g_string_append (out, i ? "," : "");
        print_node (out, g_ptr_array_index (node->items, i));
    }
    for (guint i = 0; node->kind == NODE_MAP && i < node_n_entries (node); i++) {
        g_string_append_printf (out, "%s%s:", i ? "," : "", node_nth_entry (node, i)->key);
        print_node (out, node_nth_entry (node, i)->value);
    }
    g_string_append_c (out, node->kind == NODE_MAP ? '}' : ']');
}

START_TEST (merging)
{
    static const char *const rows[][3] = {
        { "{a: 1, b: 2}", "{b: 3, c: 4}", "{a:1,b:3,c:4}" },
        { "{d: {x: 1, y: 2}}", "{d: {y: 3, z: 4}}", "{d:{x:1,y:3,z:4}}" },
        { "{a: [1, 2]}", "{a: [3]}", "{a:[3]}" },
        { "{a: 1, b: 2, c: 3}", "{b: null}", "{a:1,c:3}" },
        { "{d: {x: 1, y: 2}}", "{d: {x: ~}}", "{d:{y:2}}" },
        { "{a: 1}", "{a: 'null'}", "{a:null}" },
        { "{a: 1}", "{a: {b: 2}}", "{a:{b:2}}" },
        { "{a: 1}", "{b: null}", "{a:1,b:null}" },
    };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Node) base = parse (rows[_i][0], diags), over = parse (rows[_i][1], diags);
    g_autoptr (Node) merged = merge_nodes (base, over);
    g_autoptr (GString) text = g_string_new (NULL);

    print_node (text, merged);
    ck_assert_str_eq (text->str, rows[_i][2]);
}
END_TEST

START_TEST (merge_keeps_places)
{
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Node) base = parse ("a: 1\nb: 2\n", diags), over = parse ("\n\n\n b: 3\n", diags);
    g_autoptr (Node) merged = merge_nodes (base, over);

    ck_assert_int_eq (node_get (merged, "a")->place.line, 1);
    ck_assert_int_eq (node_get (merged, "b")->place.line, 4);
    ck_assert_int_eq (node_get (merged, "b")->place.column, 5);
    ck_assert_int_eq (node_entry (merged, "b")->place.column, 2);
}
END_TEST

START_TEST (yaml_values)
{
    static const char *const rows[][2] = {
        { "a: b # c", "{a:b}" },
        { "{\"a\": [1, 2.5, true, null], \"b\": {}}", "{a:[1,2.5,true,null],b:{}}" },
        { "a: &x [1]\nb: *x", "{a:[1],b:[1]}" },
        { "a: !!str 1\nb: !!int 2", "{a:1,b:2}" },
        { "\xef\xbb\xbf"
          "a: ü",
          "{a:ü}" },
        { "a: >-\n  one\n  two\n", "{a:one two}" },
        { "--- {a: 1}\n...\n", "{a:1}" },
        { "", "{}" },
        { "# nothing", "{}" },
        { "---\n", "{}" },
    };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Node) node = parse (rows[_i][0], diags);
    g_autoptr (GString) text = g_string_new (NULL);

    ck_assert_uint_eq (diag_list_length (diags), 0);
    print_node (text, node);
    ck_assert_str_eq (text->str, rows[_i][1]);
}
END_TEST

START_TEST (yaml_null)
{
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Node) node =
        parse ("{a: , b: ~, c: null, d: '', e: 'null', f: !!str null, g: no}", diags);

    for (const char *key = "abc"; *key; key++) {
        const char name[] = { *key, '\0' };

        ck_assert_ptr_null (node_get (node, name));
        ck_assert_ptr_nonnull (node_entry (node, name));
    }
    for (const char *key = "defg"; *key; key++) {
        const char name[] = { *key, '\0' };

        ck_assert_ptr_nonnull (node_get (node, name));
    }
}
END_TEST

START_TEST (yaml_too_large)
{
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autofree char *text = g_strnfill (YAML_MAX_BYTES + 1, '#');

    ck_assert_ptr_null (parse (text, diags));
    ck_assert_uint_eq (diag_list_n_errors (diags), 1);
}
END_TEST

START_TEST (complaints_once_and_bounded)
{
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Complaints) complaints = complaints_new (diags);
    Place place = { g_intern_static_string ("t"), 1, 1 };

    complain (complaints, place, "machines.a", "wrong");
    complain (complaints, place, "machines.b", "wrong");
    ck_assert_uint_eq (diag_list_length (diags), 1);
    for (place.line = 2; place.line < 5000; place.line++)
        complain (complaints, place, NULL, "wrong");
    ck_assert_uint_lt (diag_list_length (diags), 300);
    ck_assert_uint_gt (diag_list_length (diags), 100);
}
END_TEST

/* Every default of the table must be a value that the table accepts. */
START_TEST (defaults_are_valid)
{
    for (gsize i = 0; key_sections[i]; i++)
        for (const Key *key = key_sections[i]->keys; key->name; key++) {
            gpointer field = g_malloc0 (sizeof (guint64));
            g_autofree char *problem =
                key->initial ? value_parse (key, key->initial, "/", field) : NULL;

            ck_assert_msg (!problem, "%s: %s", key->name, problem);
            ck_assert_msg (key->help && g_str_has_suffix (key->help, "."), "%s", key->name);
            if (key->type <= KEY_PROGRAM || (key->type == KEY_WORD) ||
                (key->type >= KEY_CIDR && key->type <= KEY_DATE))
                g_free (*(char **)field);
            g_free (field);
        }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("profile-parts");
    TCase *tcase = tcase_create ("parts");

    suite_add_tcase (suite, tcase);
    tcase_add_test (tcase, forward_full);
    tcase_add_loop_test (tcase, forward_short, 0, 4);
    tcase_add_loop_test (tcase, forward_wrong, 0, 19);
    tcase_add_loop_test (tcase, ranges, 0, 15);
    tcase_add_test (tcase, range_limit);
    tcase_add_loop_test (tcase, merging, 0, 8);
    tcase_add_test (tcase, merge_keeps_places);
    tcase_add_loop_test (tcase, yaml_values, 0, 10);
    tcase_add_test (tcase, yaml_null);
    tcase_add_test (tcase, yaml_too_large);
    tcase_add_test (tcase, complaints_once_and_bounded);
    tcase_add_test (tcase, defaults_are_valid);
    return run_tap (suite);
}
