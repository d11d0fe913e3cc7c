/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion: `|` is the cursor; candidates in their order. */
#include "unit/tap.h"

#include "cli/shell/qmp-complete.h"
#include "unit/small-schema.h"

static GPtrArray *
live_get (gpointer data, QmpLiveKind kind, const char *key)
{
    GPtrArray *names = g_ptr_array_new_with_free_func ((GDestroyNotify)qmp_candidate_free);
    GPtrArray *all = data;

    g_ptr_array_add (all, names);
    if (kind == QMP_LIVE_DEVICES) {
        g_ptr_array_add (names, qmp_candidate_new ("nic0", "child<e1000>", FALSE));
        g_ptr_array_add (names, qmp_candidate_new ("nic1", NULL, FALSE));
    } else if (kind == QMP_LIVE_NODES) {
        g_ptr_array_add (names, qmp_candidate_new ("disk0", "raw", FALSE));
    } else if (kind == QMP_LIVE_PROPERTIES && g_str_equal (key, "e1000")) {
        g_ptr_array_add (names, qmp_candidate_new ("mac", "str", FALSE));
    } else if (kind == QMP_LIVE_HMP) {
        g_ptr_array_add (names, qmp_candidate_new (*key ? "block" : "info", NULL, FALSE));
    } else if (kind == QMP_LIVE_DRIVERS) {
        return NULL;
    }
    return names;
}

static const struct {
    const char *text, *found;
    int waiting;
} rows[] = {
    { "|", "all device_add device_del node-add stop transaction help events wait hmp exit" },
    { "st|", "stop" },
    { "!st|", "stop" },
    { "dev| id=x", "device_add device_del" },
    { "zz|", "" },
    { "all |", "text= count= ratio= flag= value= list= colour=" },
    { "all text=x c|", "count= colour=" },
    { "all | text=x", "count= ratio= flag= value= list= colour=" },
    { "all colour=|", "red green blue" },
    { "all colour=g|", "green" },
    { "all flag=|", "true false" },
    { "all text=\"a b\" fl|", "flag=" },
    { "node-add |", "driver= name=" },
    { "node-add driver=|", "file raw" },
    { "node-add driver=raw |", "file= file. name=" },
    { "node-add | driver=raw", "file= file. name=" },
    { "node-add driver=raw fi|", "file= file." },
    { "node-add driver=raw file=|", "disk0 null" },
    { "node-add driver=raw file.|", "file.driver= file.name=" },
    { "node-add driver=raw file.driver=file file.|", "file.filename= file.name=" },
    { "node-add driver=raw file.driver=r|", "raw" },
    { "node-add driver=raw file.driver=raw file.file.driver=|", "file raw" },
    { "device_del id=|", "nic0 nic1" },
    { "device_del id=nic1|", "nic1" },
    { "device_del id=\"ni|", "nic0 nic1" },
    { "device_add driver=|", "", 1 },
    { "device_add driver=e1000 m|", "mac=" },
    { "transaction(\n|", "abort delete" },
    { "transaction(\nabort\nde|", "delete" },
    { "transaction(\ndelete i|", "id=" },
    { "transaction( delete i|", "id=" },
    { "help no|", "node-add" },
    { "wait ST|", "STOP" },
    { "events |", "on off last RESUME STOP" },
    { "hmp |", "info" },
    { "hmp info |", "block" },
    { "{|", "\"execute\": \"arguments\": \"id\": \"exec-oob\":" },
    { "{\"ex|", "execute\": exec-oob\":" },
    { "{\"execute\": \"st|", "stop\"" },
    { "{\"execute\": |",
      "\"all\" \"device_add\" \"device_del\" \"node-add\" \"stop\" \"transaction\"" },
    { "{\"execute\": \"st|\", \"id\": 1}", "stop\"" },
    { "{\"execute\": \"all\", \"arguments\": {\"co|", "count\": colour\":" },
    { "{\"execute\": \"all\", \"arguments\": {\"count\": 1, \"co|", "colour\":" },
    { "{\"arguments\": {\"colour\": \"g|\"}, \"execute\": \"all\"}", "green\"" },
    { "{'execute': 'all', 'arguments': {\"flag\": |", "true false" },
    { "{\"execute\": \"node-add\", \"arguments\": {\"driver\": \"raw\", \"file\": {|",
      "\"driver\": \"name\":" },
    { "{\"execute\": \"node-add\", \"arguments\": {\"driver\": \"raw\", \"file\": {\"driver\": "
      "\"file\", \"|",
      "filename\": name\":" },
    { "{\"execute\": \"node-add\", \"arguments\": {\"file\": {\"driver\": \"fi|", "" },
    { "{\"execute\": \"node-add\", \"arguments\": {\"file\": {\"driver\": \"fi|\"}, \"driver\": "
      "\"raw\"}",
      "file\"" },
    { "{\"execute\": \"transaction\", \"arguments\": {\"actions\": [{\"type\": \"ab|", "abort\"" },
    { "{\"execute\": \"transaction\", \"arguments\": {\"actions\": [{\"type\": \"abort\"}, "
      "{\"type\": \"delete\", \"data\": {\"|",
      "id\":" },
    { "{\"execute\": \"device_del\", \"arguments\": {\"id\": |", "\"nic0\" \"nic1\"" },
    { "{\"id\": [1, {\"a|", "" },
};

START_TEST (complete)
{
    g_autoptr (QmpSchema) schema = small_schema_new ();
    g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
    const QmpLiveSource live = { live_get, all };
    g_autoptr (GString) text = g_string_new (rows[_i].text);
    g_autoptr (GString) names = g_string_new (NULL);
    gsize cursor = strchr (text->str, '|') - text->str, start;
    g_autoptr (GPtrArray) found = NULL;
    gboolean waiting;

    g_string_erase (text, cursor, 1);
    found = qmp_complete (schema, text->str, cursor, &live, &start, &waiting);
    for (guint i = 0; i < found->len; i++)
        g_string_append_printf (names, "%s%s", i ? " " : "",
                                ((QmpCandidate *)g_ptr_array_index (found, i))->text);
    ck_assert_msg (g_str_equal (names->str, rows[_i].found), "%s: got `%s`, wanted `%s`",
                   rows[_i].text, names->str, rows[_i].found);
    ck_assert_int_eq (waiting, rows[_i].waiting);
    ck_assert_uint_le (start, cursor);
}
END_TEST

START_TEST (start_is_behind_the_equals)
{
    g_autoptr (QmpSchema) schema = small_schema_new ();
    g_autoptr (GPtrArray) found = NULL;
    gsize start;
    gboolean waiting;

    found = qmp_complete (schema, "all colour=gr", 13, NULL, &start, &waiting);
    ck_assert_uint_eq (start, 11);
    ck_assert_uint_eq (found->len, 1);
}
END_TEST

/* half-written lines of any kind, cursor anywhere: no crash, no reading beyond */
START_TEST (complete_is_total)
{
    static const char *const texts[] = { "node-add driver=raw file.driver=file x:='{\"a\": [1",
                                         "transaction( abort ; delete id=\"x y\" ) more=1",
                                         "  !all  text=\"\\\"\" list=1,2 ",
                                         "= . .= a.=b ..",
                                         "{\"execute\": \"all\"}",
                                         "{\"execute\":'all','arguments':{'a':[{},[1,{\"b\":",
                                         "{]}},::{{\"\\\"a\\" };
    g_autoptr (QmpSchema) schema = small_schema_new ();

    for (gsize cursor = 0; cursor <= strlen (texts[_i]); cursor++) {
        gsize start;
        gboolean waiting;
        g_autoptr (GPtrArray) found =
            qmp_complete (schema, texts[_i], cursor, NULL, &start, &waiting);

        ck_assert_ptr_nonnull (found);
        ck_assert_uint_le (start, cursor);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-complete");
    TCase *tcase = tcase_create ("complete");

    tcase_add_loop_test (tcase, complete, 0, G_N_ELEMENTS (rows));
    tcase_add_test (tcase, start_is_behind_the_equals);
    tcase_add_loop_test (tcase, complete_is_total, 0, 7);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
