/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan/graph: what is plugged into what, and no text that breaks the picture. */
#include "plan/graph.h"
#include "unit/make-lab.h"
#include "unit/tap.h"

static Plan *
plan_two (void)
{
    g_autoptr (Lab) lab = make_lab ();
    g_autoptr (HostFacts) facts = make_facts (FALSE);
    Machine *a = add_machine (lab, "a"), *b = add_machine (lab, "b");

    add_switch (lab, "lan", SWITCH_INTERNAL);
    add_nic (a, "nat", "user", "e1000");
    add_nic (a, "lan", "lan", "e1000")->vlan = 7;
    add_nic (b, "lan", "lan", "e1000");
    return make_plan (lab, facts);
}

START_TEST (topology)
{
    g_autoptr (Plan) plan = plan_two ();
    g_autoptr (Graph) graph = graph_new (plan);

    ck_assert_uint_eq (graph->machines->len, 2);
    ck_assert_uint_eq (graph->segments->len, 1);
    ck_assert_uint_eq (graph->links->len, 3);
    ck_assert_int_eq (g_array_index (graph->links, GraphLink, 0).segment, -1);
    ck_assert_int_eq (g_array_index (graph->links, GraphLink, 1).segment, 0);
    ck_assert_int_eq (g_array_index (graph->links, GraphLink, 2).segment, 0);
}
END_TEST

START_TEST (dot)
{
    g_autoptr (Plan) plan = plan_two ();
    g_autoptr (Graph) graph = graph_new (plan);
    g_autofree char *text = NULL;

    set (&plan->lab, "l\"a\\b");
    text = graph_to_dot (graph);
    ck_assert (g_str_has_prefix (text, "graph \"l\\\"a\\\\b\" {\n"));
    ck_assert_ptr_nonnull (strstr (text, "\"machine:a\" -- \"nat:a/nat\""));
    ck_assert_ptr_nonnull (strstr (text, "\"machine:b\" -- \"switch:lan\""));
    ck_assert_ptr_nonnull (strstr (text, "vlan 7"));
}
END_TEST

static void
keep_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data,
           GError **error)
{
    g_string_append_len (user_data, text, length);
}

START_TEST (svg)
{
    static const GMarkupParser parser = { .text = keep_text };
    g_autoptr (Plan) plan = plan_two ();
    g_autoptr (Graph) graph = graph_new (plan);
    GString *seen = g_string_new (NULL);
    g_autoptr (GMarkupParseContext) context =
        g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, seen, NULL);
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    set (&plan->lab, "<&\">");
    text = graph_to_svg (graph);
    ck_assert_msg (g_markup_parse_context_parse (context, text, -1, &error) &&
                       g_markup_parse_context_end_parse (context, &error),
                   "%s", error ? error->message : "");
    ck_assert_ptr_nonnull (strstr (seen->str, "<&\">"));
    ck_assert_ptr_nonnull (strstr (seen->str, "lan (internal)"));
    g_string_free (seen, TRUE);
}
END_TEST

START_TEST (uplink)
{
    g_autoptr (Lab) lab = make_lab ();
    g_autoptr (HostFacts) facts = make_facts (FALSE);
    g_autoptr (Plan) plan = NULL;
    g_autoptr (Graph) graph = NULL;
    Switch *sw = add_switch (lab, "lan", SWITCH_BRIDGE);

    sw->uplink = g_strdup ("user");
    add_nic (add_machine (lab, "a"), "lan", "lan", "e1000");
    plan = make_plan (lab, facts);
    graph = graph_new (plan);
    ck_assert_uint_eq (graph->segments->len, 1);
    ck_assert (g_str_has_suffix (((GraphSegment *)g_ptr_array_index (graph->segments, 0))->detail,
                                 ", NAT"));
    ck_assert_int_eq (g_array_index (graph->links, GraphLink, 0).segment, 0);
}
END_TEST

int
main (void)
{
    TCase *tcase = tcase_create ("graph");
    Suite *suite = suite_create ("plan-graph");

    tcase_add_test (tcase, topology);
    tcase_add_test (tcase, dot);
    tcase_add_test (tcase, svg);
    tcase_add_test (tcase, uplink);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
