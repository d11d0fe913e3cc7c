/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what becomes of the NICs and disks of a machine: which of them come and go
 * while it runs, which need a restart and why, and which of their taps change below
 * the machine.
 */
#include "plan/diff/diff-private.h"

#include "plan/qemu/part.h"

#include <string.h>

typedef struct {
    char *part;
    const char *verb;
    gboolean goes, comes;
} PartChange;

/* One machine while its parts are looked at. */
typedef struct {
    Diff *diff;
    const Step *was, *is;
    MachineStep *scratch; /* owned: what it has after those that were looked at */
    GPtrArray *changes;
    GPtrArray *texts;
} Look;

static void
part_change_free (gpointer data)
{
    PartChange *change = data;

    g_free (change->part);
    g_free (change);
}

static gboolean
contains (GPtrArray *parts, const char *part)
{
    return g_ptr_array_find_with_equal_func (parts, part, g_str_equal, NULL);
}

/* @problem: (transfer full) */
static void
hold (Look *look, const char *part, const char *verb, char *problem)
{
    g_ptr_array_add (look->texts, g_strdup_printf ("%s %s%s%s%s", part, verb, problem ? " (" : "",
                                                   problem ? problem : "", problem ? ")" : ""));
    g_free (problem);
}

static void
allow (Look *look, const char *part, const char *verb, gboolean goes, gboolean comes)
{
    PartChange *change = g_new (PartChange, 1);

    *change = (PartChange){ g_strdup (part), verb, goes, comes };
    g_ptr_array_add (look->changes, change);
}

/* --- taps --- */

static char *
step_of (const Step *machine, const char *part)
{
    return g_strdup_printf ("%s:%s/%s", part_is_nic (part) ? "tap" : "image",
                            machine->machine->name, part_name (part));
}

static char *
network_problem (const Look *look, const char *part)
{
    g_autofree char *id = step_of (look->is, part);

    return diff_stands_on_change (look->diff, g_hash_table_lookup (look->diff->wanted, id))
               ? g_strdup ("its bridge changes as well")
               : NULL;
}

static void
look_at_tap (const Look *look, const char *part)
{
    g_autofree char *id = step_of (look->is, part);

    if (part_is_nic (part))
        diff_tap (look->diff, id);
}

/* --- parts --- */

static void
look_at_other (Look *look, const char *part)
{
    char *problem = part_is_nic (part) ? network_problem (look, part)
                                       : g_strdup ("a disk is not exchanged below a machine");

    if (!problem)
        problem = part_go_problem (look->scratch, part);
    if (!problem) {
        part_remove (look->scratch, part);
        problem = part_come_problem (look->scratch, look->is->machine, part);
        part_add (look->scratch, problem ? look->was->machine : look->is->machine, part);
    }
    if (problem)
        hold (look, part, "is another", problem);
    else
        allow (look, part, "is another", TRUE, TRUE);
}

static void
look_at_gone (Look *look, const char *part)
{
    char *problem = part_go_problem (look->scratch, part);

    if (problem) {
        hold (look, part, "goes", problem);
        return;
    }
    part_remove (look->scratch, part);
    allow (look, part, "goes", TRUE, FALSE);
}

static void
look_at_new (Look *look, const char *part)
{
    char *problem = network_problem (look, part);

    if (!problem)
        problem = part_come_problem (look->scratch, look->is->machine, part);
    if (problem) {
        hold (look, part, "is new", problem);
        return;
    }
    part_add (look->scratch, look->is->machine, part);
    allow (look, part, "is new", FALSE, TRUE);
}

static void
look_at_kept (Look *look, const char *part)
{
    switch (part_compare (look->was->machine, look->is->machine, part)) {
    case PART_SAME:
        look_at_tap (look, part);
        break;
    case PART_OTHER:
        look_at_other (look, part);
        break;
    case PART_OTHER_START:
        hold (look, part, "is another", NULL);
        break;
    }
}

/* A machine that is off gets all of its new record at once: nothing is asked for it. */
static void
look_at_off (Look *look, GPtrArray *before, GPtrArray *after)
{
    for (guint i = 0; i < before->len; i++) {
        const char *part = g_ptr_array_index (before, i);

        if (!contains (after, part))
            hold (look, part, "goes", NULL);
        else if (part_compare (look->was->machine, look->is->machine, part) != PART_SAME)
            hold (look, part, "is another", NULL);
    }
    for (guint i = 0; i < after->len; i++)
        if (!contains (before, g_ptr_array_index (after, i)))
            hold (look, g_ptr_array_index (after, i), "is new", NULL);
}

static gboolean
have_same_fds (const MachineStep *was, const MachineStep *is)
{
    if (was->fds->len != is->fds->len)
        return FALSE;
    for (guint i = 0; i < was->fds->len; i++) {
        g_autoptr (JsonNode) before = record_to_json (&fd_record, was->fds->pdata[i]);
        g_autoptr (JsonNode) after = record_to_json (&fd_record, is->fds->pdata[i]);

        if (!json_node_equal (before, after))
            return FALSE;
    }
    return TRUE;
}

/* most machines of a large lab */
static gboolean
is_as_it_was (const MachineStep *was, const MachineStep *is)
{
    return g_strv_equal ((const char *const *)was->argv, (const char *const *)is->argv) &&
           have_same_fds (was, is);
}

/* What goes makes room for what comes. */
static void
look_at_running (Look *look, GPtrArray *before, GPtrArray *after)
{
    for (guint i = 0; i < before->len; i++) {
        const char *part = g_ptr_array_index (before, i);

        if (contains (after, part))
            look_at_kept (look, part);
        else
            look_at_gone (look, part);
    }
    for (guint i = 0; i < after->len; i++)
        if (!contains (before, g_ptr_array_index (after, i)))
            look_at_new (look, g_ptr_array_index (after, i));
}

/* The taps of NICs that go and come again are made anew meanwhile. */
static void
loosen (Look *look)
{
    for (guint i = 0; i < look->changes->len; i++) {
        const PartChange *change = g_ptr_array_index (look->changes, i);
        g_autofree char *id = step_of (look->is, change->part);
        Step *tap = g_hash_table_lookup (look->diff->wanted, id);

        if (part_is_nic (change->part) && tap && change->goes && change->comes)
            g_hash_table_add (look->diff->loose, tap->id);
        else if (change->goes && !change->comes)
            g_hash_table_add (look->diff->gone, g_steal_pointer (&id));
    }
}

GPtrArray *
diff_parts (Diff *diff, const Step *was, const Step *is, gboolean off, GPtrArray *texts)
{
    g_autoptr (GPtrArray) before = part_list (was->machine), after = part_list (is->machine);
    Look look = { diff, was, is, NULL, g_ptr_array_new_with_free_func (part_change_free), texts };

    if (is_as_it_was (was->machine, is->machine)) {
        for (guint i = 0; i < before->len && !off; i++)
            look_at_tap (&look, g_ptr_array_index (before, i));
        return look.changes;
    }
    look.scratch = part_copy_step (was->machine);
    if (off)
        look_at_off (&look, before, after);
    else
        look_at_running (&look, before, after);
    loosen (&look);
    record_free (&machine_step_record, look.scratch);
    return look.changes;
}

void
diff_parts_add (Diff *diff, const Step *is, GPtrArray *parts)
{
    for (guint i = 0; i < parts->len; i++) {
        const PartChange *change = g_ptr_array_index (parts, i);
        g_autofree char *goes = g_strdup_printf ("%s goes", change->part);

        if (change->goes)
            diff_add (diff, CHANGE_UNPLUG, is, g_steal_pointer (&goes))->part =
                g_strdup (change->part);
        if (change->comes)
            diff_add (diff, CHANGE_PLUG, is, g_strdup_printf ("%s %s", change->part, change->verb))
                ->part = g_strdup (change->part);
    }
}

void
diff_parts_tell (Diff *diff, const Step *is, GPtrArray *parts, GPtrArray *texts)
{
    for (guint i = 0; i < parts->len; i++) {
        const PartChange *change = g_ptr_array_index (parts, i);

        g_ptr_array_add (texts, g_strdup_printf ("%s %s", change->part, change->verb));
    }
    for (gsize i = 0; is->needs && is->needs[i]; i++) {
        g_hash_table_remove (diff->loose, is->needs[i]);
        g_hash_table_remove (diff->moved, is->needs[i]);
    }
}
