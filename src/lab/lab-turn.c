/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns whose turn it is: what is asked of a lab while something is under way that
 * cannot be joined or given up waits for its end, in the order of the asking.
 */
#include "lab/lab-private.h"

typedef struct {
    GTask *task;
    LabTurn begin;
    gpointer data;
    GDestroyNotify free_data;
} Turn;

static void
turn_free (gpointer data)
{
    Turn *turn = data;

    g_object_unref (turn->task);
    turn->free_data (turn->data);
    g_free (turn);
}

gboolean
lab_is_adopting (const LiveLab *lab)
{
    return lab->adopting > 0 ||
           (lab->status == LAB_UP && !lab->task && (lab->walk || lab->next_source));
}

void
lab_take_turn (LiveLab *lab, GTask *task, gboolean wait, LabTurn begin, gpointer data,
               GDestroyNotify free_data)
{
    Turn *turn = g_new (Turn, 1);

    *turn = (Turn){ g_object_ref (task), begin, data, free_data };
    if (wait) {
        g_queue_push_tail (lab->turns, turn);
        return;
    }
    begin (lab, task, data);
    turn_free (turn);
}

/* Somebody may have come first since this was called for. */
static gboolean
begin_next (gpointer user_data)
{
    LiveLab *lab = user_data;
    Turn *turn;

    lab->next_source = 0;
    if (lab->task || lab->walk)
        return G_SOURCE_REMOVE;
    turn = g_queue_pop_head (lab->turns);
    turn->begin (lab, turn->task, turn->data);
    turn_free (turn);
    lab_begin_next (lab);
    return G_SOURCE_REMOVE;
}

void
lab_begin_next (LiveLab *lab)
{
    if (!lab->task && !lab->walk && !lab->next_source && !g_queue_is_empty (lab->turns))
        lab->next_source = g_idle_add (begin_next, lab);
}

void
lab_free_turns (LiveLab *lab)
{
    g_clear_handle_id (&lab->next_source, g_source_remove);
    g_queue_free_full (lab->turns, turn_free);
}
