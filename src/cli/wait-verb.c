/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost wait: until machines show what is asked for. */
#include "cli/common/machines.h"
#include "plan/step.h"

#define TIMEOUT_MS (5 * 60 * 1000) /* unless --timeout says otherwise */

static void
add (ReadyRecord *until, ConditionKind kind, const char *word, const Options *options)
{
    ConditionRecord *condition = record_new (&condition_record);

    condition->kind = kind;
    condition->word = g_strdup (word);
    condition->fresh = options->fresh && kind == CONDITION_SERIAL;
    g_ptr_array_add (until->conditions, condition);
}

static gboolean
fill (ReadyRecord *until, const Options *options, GError **error)
{
    const struct {
        ConditionKind kind;
        GStrv words;
    } lists[] = { { CONDITION_TCP, options->tcp },
                  { CONDITION_HTTPS, options->https },
                  { CONDITION_SERIAL, options->serial },
                  { CONDITION_QMP_EVENT, options->qmp_event } };
    guint still_ms = 0, timeout_ms = TIMEOUT_MS;

    if (!machines_duration ("screen-stable", options->screen_stable, &still_ms, error) ||
        !machines_duration ("timeout", options->timeout, &timeout_ms, error))
        return FALSE;
    until->timeout_ms = timeout_ms;
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
        for (gsize j = 0; lists[i].words && lists[i].words[j]; j++)
            add (until, lists[i].kind, lists[i].words[j], options);
    if (options->screen_stable) {
        ConditionRecord *condition;

        add (until, CONDITION_SCREEN_STABLE, NULL, options);
        condition = g_ptr_array_index (until->conditions, until->conditions->len - 1);
        condition->still_ms = still_ms;
    }
    return TRUE;
}

gboolean
verb_wait (Options *options, GError **error)
{
    ReadyRecord *until = record_new (&ready_record);
    gboolean good = fill (until, options, error), named = until->conditions->len > 0;
    JsonObject *arguments = json_object_new ();

    json_object_set_member (arguments, "until", record_to_json (&ready_record, until));
    record_free (&ready_record, until);
    if (good && named)
        return machines_call (options, "machine-wait", arguments, error);
    json_object_unref (arguments);
    return good && machines_wait (options, error);
}
