/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost ps --usage: what the machines that run take of this host, from the state
 * files and the kernel; no supervisor is asked.
 */
#include "base/dirs.h"
#include "base/quantity.h"
#include "base/record.h"
#include "base/error.h"
#include "cli/common/output.h"
#include "cli/ps.h"
#include "host/process/usage.h"
#include "lab/registry.h"

#include <string.h>

/* between the two looks of which the difference is what a processor does now */
#define INTERVAL_US (300 * 1000)

typedef struct {
    const char *lab;
    const MachineStep *machine;
    ProcessId process;
    ProcessUsage before;
    ProcessUsage now;
} Row;

static void
add_machines (GArray *rows, const State *state)
{
    for (guint i = 0; i < state->plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (state->plan->steps, i);
        const Executed *executed = step->kind == STEP_MACHINE ? state_find (state, step->id) : NULL;
        Row row = { state->summary->lab, step->machine };

        if (!executed)
            continue;
        row.process = executed_process (executed);
        if (process_usage (row.process, &row.before))
            g_array_append_val (rows, row);
    }
}

/* Returns: processors, as 0.25 */
static double
load_of (const Row *row)
{
    gint64 ms = row->now.up_ms - row->before.up_ms;

    return ms > 0 ? (row->now.cpu_us - row->before.cpu_us) / 1000.0 / ms : 0;
}

static void
print_row (const Row *row)
{
    JsonObject *object = json_object_new ();
    g_autoptr (JsonNode) node = NULL;

    json_object_set_string_member (object, "lab", row->lab);
    json_object_set_string_member (object, "machine", row->machine->name);
    json_object_set_int_member (object, "pid", row->process.pid);
    json_object_set_int_member (object, "cpus", row->machine->cpus);
    json_object_set_double_member (object, "cpu_load", load_of (row));
    json_object_set_int_member (object, "cpu_ms", row->now.cpu_us / 1000);
    json_object_set_int_member (object, "memory", row->machine->memory);
    json_object_set_int_member (object, "memory_used", row->now.memory);
    json_object_set_int_member (object, "up_ms", row->now.up_ms);
    node = json_take_object (object);
    print_json (node);
}

static void
show_row (Table *table, const Row *row)
{
    g_autofree char *load =
        g_strdup_printf ("%.0f%% of %d", load_of (row) * 100, (int)row->machine->cpus);
    g_autofree char *used = quantity_format_amount (row->now.memory);
    g_autofree char *size = quantity_format_size (row->machine->memory);
    g_autofree char *memory = g_strdup_printf ("%s of %s", used, size);
    g_autofree char *cpu = quantity_format_duration (row->now.cpu_us / 1000);
    g_autofree char *up = quantity_format_duration (row->now.up_ms);
    g_autofree char *pid = g_strdup_printf ("%" G_GINT64_FORMAT, row->process.pid);

    table_add (table, row->lab, row->machine->name, pid, load, memory, cpu, up);
}

gboolean
ps_usage (Options *options, GError **error)
{
    g_autofree char *root = dirs_run_root ();
    g_autoptr (GPtrArray) states = NULL;
    g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
    Table *table;

    if (options->all) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "--usage is of machines that run, and --all of labs that are down: say one "
                     "of them");
        return FALSE;
    }
    states = registry_list (root);
    for (guint i = 0; i < states->len; i++)
        add_machines (rows, g_ptr_array_index (states, i));
    if (rows->len > 0)
        g_usleep (INTERVAL_US);
    table = options->json ? NULL : table_new ("LAB|MACHINE|PID|CPU|MEMORY|CPU TIME|UP");
    for (guint i = 0; i < rows->len; i++) {
        Row *row = &g_array_index (rows, Row, i);

        if (!process_usage (row->process, &row->now))
            continue; /* it has ended in between */
        if (table)
            show_row (table, row);
        else
            print_row (row);
    }
    if (table)
        table_print (table);
    return TRUE;
}
