/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the scheduling of steps; see walk.h. */
#include "lab/walk.h"

typedef enum { NODE_WAITING, NODE_RUNNING, NODE_DONE } NodeStatus;

typedef struct {
    const Step *step;
    NodeStatus status;
    guint blockers;        /* unfinished steps that come before this one */
    GPtrArray *dependents; /* Node *, not owned: those that this one blocks */
} Node;

struct Walk {
    GPtrArray *nodes;  /* owned Node, in the order in which they are looked at */
    GHashTable *by_id; /* step id (not owned) → Node (not owned) */
    WalkDirection direction;
    guint limit;
    guint running;
    guint remaining;
    guint first; /* nodes before this one are all done or running */
    guint source;
    gboolean ended; /* finished() was called */
    GError *error;
    WalkHandlers handlers;
    gpointer user_data;
};

static void
node_free (gpointer data)
{
    Node *node = data;

    g_ptr_array_unref (node->dependents);
    g_free (node);
}

static void
add_nodes (Walk *walk, GPtrArray *steps)
{
    for (guint i = 0; i < steps->len; i++) {
        guint at = walk->direction == WALK_FORWARDS ? i : steps->len - 1 - i;
        Node *node = g_new0 (Node, 1);

        node->step = g_ptr_array_index (steps, at);
        node->dependents = g_ptr_array_new ();
        g_ptr_array_add (walk->nodes, node);
        g_hash_table_insert (walk->by_id, node->step->id, node);
    }
}

static void
add_edges (Walk *walk)
{
    for (guint i = 0; i < walk->nodes->len; i++) {
        Node *node = g_ptr_array_index (walk->nodes, i);

        for (gsize j = 0; node->step->needs && node->step->needs[j]; j++) {
            Node *needed = g_hash_table_lookup (walk->by_id, node->step->needs[j]);
            Node *before = walk->direction == WALK_FORWARDS ? needed : node;
            Node *after = walk->direction == WALK_FORWARDS ? node : needed;

            if (!needed)
                continue;
            g_ptr_array_add (before->dependents, after);
            after->blockers++;
        }
    }
}

/* A batch is written down before it begins, so steps are not begun one by one
 * as others end: a quarter of the places has to be free. */
static gboolean
is_full (const Walk *walk)
{
    return walk->running > walk->limit - walk->limit / 4;
}

static GPtrArray *
collect (Walk *walk)
{
    GPtrArray *batch = g_ptr_array_new ();

    if ((walk->error && walk->direction == WALK_FORWARDS) || is_full (walk))
        return batch;
    for (guint i = walk->first; i < walk->nodes->len && walk->running + batch->len < walk->limit;
         i++) {
        Node *node = g_ptr_array_index (walk->nodes, i);

        if (node->status == NODE_WAITING && node->blockers == 0 &&
            walk->handlers.may_begin (node->step, walk->user_data))
            g_ptr_array_add (batch, (gpointer)node->step);
        else if (node->status != NODE_WAITING && i == walk->first)
            walk->first++;
    }
    return batch;
}

static void
run_batch (Walk *walk, GPtrArray *batch)
{
    if (!walk->handlers.begin (batch, walk->error ? NULL : &walk->error, walk->user_data))
        return;
    for (guint i = 0; i < batch->len; i++) {
        const Step *step = g_ptr_array_index (batch, i);
        Node *node = g_hash_table_lookup (walk->by_id, step->id);

        node->status = NODE_RUNNING;
        walk->running++;
    }
    for (guint i = 0; i < batch->len; i++)
        walk->handlers.run (walk, g_ptr_array_index (batch, i), walk->user_data);
}

static gboolean
advance (gpointer user_data)
{
    Walk *walk = user_data;
    g_autoptr (GPtrArray) batch = collect (walk);
    gboolean over = walk->error && walk->direction == WALK_FORWARDS; /* perhaps only now */

    walk->source = 0;
    if (batch->len > 0 && !over)
        run_batch (walk, batch);
    if (walk->running == 0 &&
        (walk->remaining == 0 || (walk->error && walk->direction == WALK_FORWARDS))) {
        /* a step that ended at once has asked for another round */
        g_clear_handle_id (&walk->source, g_source_remove);
        walk->ended = TRUE;
        walk->handlers.finished (walk, g_steal_pointer (&walk->error), walk->user_data);
    }
    return G_SOURCE_REMOVE;
}

void
walk_advance (Walk *walk)
{
    if (!walk->source && !walk->ended)
        walk->source = g_idle_add_full (G_PRIORITY_DEFAULT, advance, walk, NULL);
}

Walk *
walk_new (GPtrArray *steps, WalkDirection direction, guint limit, const WalkHandlers *handlers,
          gpointer user_data)
{
    Walk *walk = g_new0 (Walk, 1);

    *walk = (Walk){ .nodes = g_ptr_array_new_with_free_func (node_free),
                    .by_id = g_hash_table_new (g_str_hash, g_str_equal),
                    .direction = direction,
                    .limit = limit,
                    .remaining = steps->len,
                    .handlers = *handlers,
                    .user_data = user_data };
    add_nodes (walk, steps);
    add_edges (walk);
    walk_advance (walk);
    return walk;
}

void
walk_free (Walk *walk)
{
    if (!walk)
        return;
    if (walk->source)
        g_source_remove (walk->source);
    g_clear_error (&walk->error);
    g_hash_table_unref (walk->by_id);
    g_ptr_array_unref (walk->nodes);
    g_free (walk);
}

void
walk_fail (Walk *walk, GError *error)
{
    if (walk->error)
        g_error_free (error);
    else
        walk->error = error;
    walk_advance (walk);
}

guint
walk_n_remaining (const Walk *walk)
{
    return walk->remaining;
}

void
walk_step_done (Walk *walk, const Step *step, GError *error)
{
    Node *node = g_hash_table_lookup (walk->by_id, step->id);

    g_assert (node->status == NODE_RUNNING);
    node->status = NODE_DONE;
    walk->running--;
    walk->remaining--;
    for (guint i = 0; i < node->dependents->len; i++)
        ((Node *)g_ptr_array_index (node->dependents, i))->blockers--;
    if (error)
        walk_fail (walk, error);
    else
        walk_advance (walk);
}
