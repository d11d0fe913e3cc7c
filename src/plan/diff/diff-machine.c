/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what becomes of a machine: what of it needs a restart, what it keeps until
 * then, and which of its ports and settings change while it runs.
 */
#include "plan/diff/diff-private.h"

#include "plan/qemu/argv-diff.h"
#include "plan/qemu/part.h"

static gboolean
is_off (const Diff *diff, const Step *step)
{
    return diff->input->off && g_hash_table_contains (diff->input->off, step->machine->name);
}

static char *
describe_forward (const ForwardRecord *forward)
{
    return g_strdup_printf (
        "forward %s:%s:%d-%s:%d%s%s", forward->proto,
        forward->host_address ? forward->host_address : "", (int)forward->host_port,
        forward->guest_address ? forward->guest_address : "", (int)forward->guest_port,
        forward->name ? " as " : "", forward->name ? forward->name : "");
}

/* What was added by hand while the machine ran is not the profile's to remove. */
static void
diff_forwards (Diff *diff, const Step *step, GPtrArray *from, GPtrArray *in, ChangeKind kind)
{
    for (guint i = 0; i < from->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (from, i);
        g_autofree char *text = describe_forward (forward);
        gboolean found = forward->added;

        for (guint j = 0; j < in->len && !found; j++) {
            const ForwardRecord *other = g_ptr_array_index (in, j);
            g_autofree char *other_text = describe_forward (other);

            found = g_str_equal (text, other_text) && !other->added &&
                    g_strcmp0 (forward->netdev, other->netdev) == 0;
        }
        if (!found)
            diff_add (diff, kind, step, g_steal_pointer (&text))->forward = forward;
    }
}

static char *
settings_text (const MachineStep *machine)
{
    g_autofree char *after = machine->after ? g_strjoinv (",", machine->after) : NULL;
    g_autoptr (JsonNode) ready =
        machine->ready ? record_to_json (&ready_record, machine->ready) : NULL;
    g_autofree char *ready_text = ready ? json_to_text (ready) : NULL;
    g_autoptr (JsonNode) ssh = machine->ssh ? record_to_json (&ssh_record, machine->ssh) : NULL;
    g_autofree char *ssh_text = ssh ? json_to_text (ssh) : NULL;

    return g_strdup_printf (
        "on_poweroff %s, on_reboot %s, on_crash %s, after %s, ready %s%s%s", machine->on_poweroff,
        machine->on_reboot, machine->on_crash, after && *after ? after : "nothing",
        ready_text ? ready_text : "at once", ssh_text ? ", ssh " : "", ssh_text ? ssh_text : "");
}

/* Returns: the cables of @is that are pulled or plugged in now, as far as @was had them */
static char *
links_text (const MachineStep *was, const MachineStep *is)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < is->nics->len; i++) {
        const NicRecord *nic = g_ptr_array_index (is->nics, i);
        g_autofree char *part = g_strconcat ("nic ", nic->name, NULL);
        const NicRecord *before = part_find_nic (was, part);

        if (before && g_strcmp0 (before->link, nic->link) != 0)
            g_string_append_printf (text, ", link of %s %s", part, nic->link ? nic->link : "up");
    }
    return g_string_free (text, FALSE);
}

static void
diff_settings (Diff *diff, const Step *was, const Step *is)
{
    g_autofree char *before = settings_text (was->machine), *after = settings_text (is->machine);
    g_autofree char *links = links_text (was->machine, is->machine);

    if (!g_str_equal (before, after) || *links)
        diff_add (diff, CHANGE_SETTINGS, is, g_strconcat (after, links, NULL));
}

/* steps below it, or below its taps, that are not as they were, and for which it has to be off */
static void
collect_replaced (Diff *diff, const Step *step, GPtrArray *texts)
{
    for (gsize i = 0; step->needs && step->needs[i]; i++) {
        const Step *was = g_hash_table_lookup (diff->running, step->needs[i]);
        const Step *is = g_hash_table_lookup (diff->wanted, step->needs[i]);
        g_autofree char *text = NULL;

        if (!was || !is)
            continue;
        if (is->kind == STEP_TAP)
            collect_replaced (diff, is, texts);
        if (!diff_is_changed (diff, was, is))
            continue;
        text = step_describe (is);
        if (!g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
            g_ptr_array_add (texts, g_steal_pointer (&text));
    }
}

static void
keep_what_it_needs (Diff *diff, const Step *step)
{
    for (gsize i = 0; step->needs && step->needs[i]; i++) {
        Step *needed = g_hash_table_lookup (diff->running, step->needs[i]);

        if (needed && !g_hash_table_contains (diff->gone, needed->id) &&
            g_hash_table_add (diff->kept, needed->id))
            keep_what_it_needs (diff, needed);
    }
}

static void
replace_what_it_needs (Diff *diff, const Step *step)
{
    for (gsize i = 0; step->needs && step->needs[i]; i++) {
        const Step *was = g_hash_table_lookup (diff->running, step->needs[i]);
        Step *is = g_hash_table_lookup (diff->wanted, step->needs[i]);

        if (was && is && diff_is_changed (diff, was, is))
            g_hash_table_add (diff->replaced, is->id);
    }
}

static void
diff_record (Diff *diff, const Step *was, const Step *is)
{
    diff_forwards (diff, is, was->machine->forwards, is->machine->forwards, CHANGE_FORWARD_REMOVE);
    diff_forwards (diff, is, is->machine->forwards, was->machine->forwards, CHANGE_FORWARD_ADD);
    diff_settings (diff, was, is);
}

/* A machine without a process gets all of its new record at once. */
static void
collect_record (Diff *diff, const Step *was, const Step *is, GPtrArray *texts)
{
    GPtrArray *changes = diff->changes;

    diff->changes = record_array_new (&change_record);
    diff_record (diff, was, is);
    for (guint i = 0; i < diff->changes->len; i++)
        g_ptr_array_add (texts, g_strdup (((Change *)g_ptr_array_index (diff->changes, i))->text));
    g_ptr_array_unref (diff->changes);
    diff->changes = changes;
}

void
diff_machine (Diff *diff, const Step *was, const Step *is)
{
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    gboolean off = is_off (diff, was);
    g_autoptr (GPtrArray) parts = NULL;
    Change *change;

    argv_diff (was->machine->argv, is->machine->argv, texts);
    parts = diff_parts (diff, was, is, off, texts);
    collect_replaced (diff, is, texts);
    if (off)
        collect_record (diff, was, is, texts);
    if (off || (texts->len > 0 && diff->input->restart))
        diff_parts_tell (diff, is, parts, texts);
    else
        diff_parts_add (diff, is, parts);
    if (texts->len == 0) {
        diff_record (diff, was, is);
        return;
    }
    g_ptr_array_add (texts, NULL);
    change = diff_add (diff, CHANGE_MACHINE, is, g_strjoinv ("; ", (char **)texts->pdata));
    change->off = off;
    change->held = !off && !diff->input->restart;
    if (!change->held) {
        replace_what_it_needs (diff, is);
        return;
    }
    keep_what_it_needs (diff, was);
    diff_record (diff, was, is);
}
