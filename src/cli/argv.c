/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost argv: the command line of each emulator, as it is executed. */
#include "base/error.h"
#include "base/record.h"
#include "cli/common/load.h"
#include "cli/common/output.h"

#include <stdio.h>

/* One option a line with its value behind it, quoted for a shell where needed. */
static void
print_argv (GStrv argv)
{
    for (gsize i = 0; argv[i]; i++) {
        gboolean plain = strspn (argv[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-+=:,./@%") == strlen (argv[i]) &&
                         *argv[i];
        g_autofree char *word = plain ? g_strdup (argv[i]) : g_shell_quote (argv[i]);
        gboolean is_option = argv[i][0] == '-';

        if (i > 0)
            fputs (is_option ? " \\\n  " : " ", stdout);
        fputs (word, stdout);
    }
    putchar ('\n');
}

static void
print_one (const MachineStep *machine, gboolean json)
{
    g_autoptr (JsonNode) node = NULL;

    if (!json) {
        print_argv (machine->argv);
        return;
    }
    node = record_to_json (&machine_step_record, machine);
    {
        g_autoptr (JsonNode) line = NULL;
        JsonObject *object = json_object_new ();

        json_object_set_string_member (object, "machine", machine->name);
        json_object_set_member (
            object, "argv",
            json_node_ref (json_object_get_member (json_node_get_object (node), "argv")));
        line = json_take_object (object);
        print_json (line);
    }
}

gboolean
verb_argv (Options *options, GError **error)
{
    g_autoptr (Plan) plan = load_plan (options, error);
    const char *wanted = options->argc > 0 ? options->argv[0] : NULL;
    gboolean found = FALSE;

    if (!plan)
        return FALSE;
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind != STEP_MACHINE || (wanted && g_strcmp0 (step->machine->name, wanted) != 0))
            continue;
        print_one (step->machine, options->json);
        found = TRUE;
    }
    if (!found)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "lab %s has no machine %s", plan->lab,
                     wanted);
    return found;
}
