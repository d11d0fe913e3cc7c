/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the comparison of two plans of one lab; see diff.h. */
#include "plan/diff/diff-private.h"

#include "plan/network/switch-ports.h"

#include <string.h>

const char *const change_kind_names[] = { "forward-remove", "unplug",  "adjust", "add",
                                          "replace",        "move",    "plug",   "forward-add",
                                          "settings",       "machine", "remove", NULL };

static const Field change_fields[] = {
    { "kind", FIELD_ENUM, offsetof (Change, kind), change_kind_names },
    { "step", FIELD_STRING, offsetof (Change, step) },
    { "text", FIELD_STRING, offsetof (Change, text) },
    { "held", FIELD_BOOL, offsetof (Change, held) },
    { "off", FIELD_BOOL, offsetof (Change, off) },
    { "part", FIELD_STRING, offsetof (Change, part) },
    { NULL },
};
const Record change_record = { "change", sizeof (Change), change_fields };

Change *
diff_add (Diff *diff, ChangeKind kind, const Step *step, char *text)
{
    Change *change = record_new (&change_record);

    change->kind = kind;
    change->step = g_strdup (step->id);
    change->text = text;
    g_ptr_array_add (diff->changes, change);
    return change;
}

static GHashTable *
index_steps (const Plan *plan, GHashTable *except)
{
    GHashTable *steps = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < plan->steps->len; i++) {
        Step *step = g_ptr_array_index (plan->steps, i);

        if (!except || !g_hash_table_contains (except, step->id))
            g_hash_table_insert (steps, step->id, step);
    }
    return steps;
}

/* --- steps that are not machines --- */

static void
forget_places (JsonNode *node)
{
    if (JSON_NODE_HOLDS_OBJECT (node)) {
        JsonObject *object = json_node_get_object (node);
        g_autoptr (GList) values = NULL;

        json_object_remove_member (object, "place");
        values = json_object_get_values (object);
        for (GList *value = values; value; value = value->next)
            forget_places (value->data);
    } else if (JSON_NODE_HOLDS_ARRAY (node)) {
        JsonArray *array = json_node_get_array (node);

        for (guint i = 0; i < json_array_get_length (array); i++)
            forget_places (json_array_get_element (array, i));
    }
}

gboolean
diff_steps (const Step *a, const Step *b)
{
    g_autoptr (JsonNode) left = record_to_json (&step_record, a);
    g_autoptr (JsonNode) right = record_to_json (&step_record, b);

    /* what it is does not change when a hook comes before it */
    json_object_remove_member (json_node_get_object (left), "needs");
    json_object_remove_member (json_node_get_object (right), "needs");
    forget_places (left);
    forget_places (right);
    return !json_node_equal (left, right);
}

/* Frames that are lost while a switch starts anew do no harm: it and its machines
 * find each other by the paths of their sockets, or by the names of their taps. */
gboolean
diff_is_live (const Diff *diff, const Step *step)
{
    if (g_hash_table_contains (diff->loose, step->id))
        return TRUE;
    switch (step->kind) {
    case STEP_SWITCH:
    case STEP_OVS:
        return TRUE;
    case STEP_HOOK: /* not even that: see diff_hook */
        return TRUE;
    case STEP_DIRECTORY:
    case STEP_IMAGE:
    case STEP_NETWORK:
    case STEP_TAP:
    case STEP_NETNS:
    case STEP_UPLINK:
    case STEP_MACHINE:
        return FALSE;
    }
    g_assert_not_reached ();
}

gboolean
diff_is_changed (const Diff *diff, const Step *was, const Step *is)
{
    return is->kind != STEP_MACHINE && !diff_is_live (diff, is) &&
           !g_hash_table_contains (diff->moved, is->id) &&
           !g_hash_table_contains (diff->adjusted, is->id) && diff_steps (was, is);
}

/* --- switches of machines that are held --- */

static void
keep_ports_of_held (Diff *diff)
{
    g_autoptr (GHashTable) held = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < diff->changes->len; i++) {
        const Change *change = g_ptr_array_index (diff->changes, i);

        if (change->held)
            g_hash_table_add (held, change->step + strlen ("machine:"));
    }
    for (guint i = 0; i < diff->input->wanted->steps->len; i++) {
        Step *is = g_ptr_array_index (diff->input->wanted->steps, i);
        const Step *was = g_hash_table_lookup (diff->running, is->id);

        if (is->kind == STEP_SWITCH && was)
            switch_keep_ports (was->sw, is->sw, held);
    }
}

/* --- all of it --- */

/* Whether @step stands on what cannot be as it wants it before a restart. */
static gboolean
needs_what_is_held (Diff *diff, const Step *step)
{
    for (gsize i = 0; step->needs && step->needs[i]; i++) {
        const Step *was = g_hash_table_lookup (diff->running, step->needs[i]);
        const Step *is = g_hash_table_lookup (diff->wanted, step->needs[i]);

        if (g_hash_table_contains (diff->held, step->needs[i]))
            return TRUE;
        if (was && is && !g_hash_table_contains (diff->replaced, is->id) &&
            diff_is_changed (diff, was, is))
            return TRUE;
    }
    return FALSE;
}

/* What a hook has done stands; other words count from the next time. */
static void
diff_hook (Diff *diff, const Step *was, const Step *is)
{
    if (diff_steps (was, is))
        diff_add (diff, CHANGE_SETTINGS, is, step_describe (is));
}

static void
diff_wanted (Diff *diff, Step *is)
{
    const Step *was = g_hash_table_lookup (diff->running, is->id);
    Change *change;

    if (!was) {
        change = diff_add (diff, CHANGE_ADD, is, step_describe (is));
        change->held = needs_what_is_held (diff, is);
        if (change->held)
            g_hash_table_add (diff->held, is->id);
    } else if (is->kind == STEP_HOOK) {
        diff_hook (diff, was, is);
    } else if (g_hash_table_contains (diff->adjusted, is->id) &&
               !g_hash_table_contains (diff->loose, is->id)) {
        diff_add_adjusted (diff, was, is);
    } else if (g_hash_table_contains (diff->moved, is->id)) {
        diff_add (diff, CHANGE_MOVE, is, step_describe (is));
    } else if (is->kind != STEP_MACHINE &&
               (diff_is_live (diff, is) ? diff_steps (was, is)
                                        : g_hash_table_contains (diff->replaced, is->id))) {
        change = diff_add (diff, CHANGE_REPLACE, is, step_describe (is));
        change->live = diff_is_live (diff, is);
    }
}

static void
diff_rest (Diff *diff)
{
    for (guint i = 0; i < diff->input->wanted->steps->len; i++)
        diff_wanted (diff, g_ptr_array_index (diff->input->wanted->steps, i));
    for (guint i = 0; i < diff->input->running->steps->len; i++) {
        const Step *was = g_ptr_array_index (diff->input->running->steps, i);

        if (g_hash_table_contains (diff->running, was->id) &&
            !g_hash_table_contains (diff->wanted, was->id) &&
            !g_hash_table_contains (diff->kept, was->id) && was->kind != STEP_DIRECTORY)
            diff_add (diff, CHANGE_REMOVE, was, step_describe (was));
    }
}

/* stable, as what is of one kind stays in the order of the plans */
static GPtrArray *
by_kind (GPtrArray *changes)
{
    GPtrArray *sorted = record_array_new (&change_record);

    for (int kind = 0; change_kind_names[kind]; kind++)
        for (guint i = 0; i < changes->len; i++)
            if (((Change *)g_ptr_array_index (changes, i))->kind == (ChangeKind)kind)
                g_ptr_array_add (sorted, g_ptr_array_index (changes, i));
    g_ptr_array_set_free_func (changes, NULL);
    return sorted;
}

GPtrArray *
plan_diff (const DiffInput *input)
{
    Diff diff = { input,
                  index_steps (input->running, input->undone),
                  index_steps (input->wanted, NULL),
                  g_hash_table_new (g_str_hash, g_str_equal),
                  g_hash_table_new (g_str_hash, g_str_equal),
                  g_hash_table_new (g_str_hash, g_str_equal),
                  g_hash_table_new (g_str_hash, g_str_equal),
                  g_hash_table_new (g_str_hash, g_str_equal),
                  g_hash_table_new (g_str_hash, g_str_equal),
                  g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                  record_array_new (&change_record) };
    GPtrArray *sorted;

    diff_networks (&diff);
    for (guint i = 0; i < input->wanted->steps->len; i++) {
        const Step *is = g_ptr_array_index (input->wanted->steps, i);
        const Step *was = g_hash_table_lookup (diff.running, is->id);

        if (was && is->kind == STEP_MACHINE)
            diff_machine (&diff, was, is);
    }
    keep_ports_of_held (&diff);
    diff_replace_bridges (&diff);
    diff_keep_filters (&diff);
    diff_rest (&diff);
    sorted = by_kind (diff.changes);
    g_ptr_array_unref (diff.changes);
    g_hash_table_unref (diff.running);
    g_hash_table_unref (diff.wanted);
    g_hash_table_unref (diff.kept);
    g_hash_table_unref (diff.replaced);
    g_hash_table_unref (diff.held);
    g_hash_table_unref (diff.loose);
    g_hash_table_unref (diff.adjusted);
    g_hash_table_unref (diff.moved);
    g_hash_table_unref (diff.gone);
    return sorted;
}
