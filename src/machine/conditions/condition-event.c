/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the condition qmp-event: the emulator tells of an event of that name. */
#include "machine/conditions/condition-private.h"

static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    Condition *condition = user_data;

    if (g_pattern_match_simple (condition->record->word, event->name))
        condition_hold (condition);
}

static gboolean
event_begin (Condition *condition, GError **error)
{
    g_signal_connect (condition->site->qmp, "event", G_CALLBACK (on_event), condition);
    return TRUE;
}

static void
event_end (Condition *condition)
{
    g_signal_handlers_disconnect_by_data (condition->site->qmp, condition);
}

static char *
event_explain (const Condition *condition)
{
    return g_strdup_printf ("no event %s came", condition->record->word);
}

const ConditionOps condition_event = { event_begin, event_end, event_explain };
