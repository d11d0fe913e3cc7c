/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema of the real emulator: every command can be explained and completed
 * at every argument.
 */
#include "cli/shell/qmp-checker.h"
#include "cli/shell/qmp-complete.h"
#include "cli/shell/qmp-help.h"
#include "integration/shell-world.h"
#include "unit/tap.h"

#include <stdio.h>
#include <string.h>

static QmpSchema *
read_schema (void)
{
    g_autoptr (World) world = world_with_emulator ();
    const char *const argv[] = { "qmp", "--json", world->first, "query-qmp-schema", NULL };
    g_autoptr (GError) error = NULL;
    g_autofree char *output = NULL;
    QmpSchema *schema;

    ck_assert_int_eq (world_run (world, argv, NULL, &output, NULL), 0);
    schema = qmp_schema_new (output, strlen (output), &error);
    ck_assert_msg (schema != NULL, "%s", error ? error->message : "");
    return schema;
}

static guint
count_at_end (const QmpSchema *schema, const char *text)
{
    gsize start;
    gboolean waiting;
    g_autoptr (GPtrArray) found =
        qmp_complete (schema, text, strlen (text), NULL, &start, &waiting);

    ck_assert_uint_le (start, strlen (text));
    return found->len;
}

START_TEST (every_command)
{
    g_autoptr (QmpSchema) schema = read_schema ();
    const GArray *commands = qmp_schema_get_commands (schema);
    guint n_values = 0;

    ck_assert_uint_gt (commands->len, 150);
    ck_assert_uint_gt (qmp_schema_get_events (schema)->len, 40);
    for (guint i = 0; i < commands->len; i++) {
        const char *name = g_array_index (commands, QmpEntry, i).name;
        const char *const words[] = { name, NULL };
        g_autofree char *help = qmp_help_command (schema, words);
        g_autofree char *text = g_strconcat (name, " ", NULL);
        const QmpType *type = qmp_schema_get_arguments (schema, name);
        g_autoptr (GArray) members = qmp_type_get_members (type, NULL);

        ck_assert_ptr_nonnull (help);
        ck_assert (members->len == 0 || count_at_end (schema, text) > 0);
        for (guint j = 0; j < members->len; j++) {
            g_autofree char *value =
                g_strconcat (text, g_array_index (members, QmpEntry, j).name, "=", NULL);

            n_values += count_at_end (schema, value);
        }
    }
    ck_assert_uint_gt (n_values, 300);
}
END_TEST

/* A union within a union within itself, as deep as one likes. */
START_TEST (recursive_union)
{
    g_autoptr (QmpSchema) schema = read_schema ();
    g_autoptr (GString) text = g_string_new ("blockdev-add driver=raw");
    g_autoptr (GString) path = g_string_new (NULL);
    g_auto (QmpFault) fault = { NULL }, refused = { NULL };
    g_autoptr (GString) arguments = g_string_new (NULL);
    g_autoptr (QmpLine) line = NULL;
    gsize length;

    for (int i = 0; i < 20; i++) {
        g_string_append (path, "file.");
        g_string_append_printf (text, " %sdriver=raw", path->str);
    }
    length = text->len;
    g_string_append_printf (text, " %sfile.driver=null-", path->str);
    ck_assert_uint_eq (count_at_end (schema, text->str), 2); /* aio, co */
    g_string_truncate (text, length);
    g_string_append_printf (text, " %sfile.driver=null-co %sfile.size=5", path->str, path->str);
    line = qmp_line_parse (text->str, NULL, &fault);
    ck_assert_msg (line != NULL, "%s", fault.message);
    ck_assert_msg (qmp_checker_write (schema, line, arguments, &refused), "%s", refused.message);
}
END_TEST

int
main (void)
{
    g_autofree char *emulator = g_find_program_in_path (EMULATOR);
    Suite *suite = suite_create ("qmp-schema");
    TCase *tcase = tcase_create ("schema");

    if (!emulator || !g_getenv ("ROOST")) {
        printf ("1..0 # SKIP " EMULATOR " is not installed, or ROOST is not set\n");
        return EXIT_SUCCESS;
    }
    tcase_set_timeout (tcase, 120);
    tcase_add_test (tcase, every_command);
    tcase_add_test (tcase, recursive_union);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
