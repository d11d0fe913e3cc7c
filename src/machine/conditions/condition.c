/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns sets of conditions: all of them must hold before the deadline. */
#include "machine/conditions/condition.h"

#include "base/error.h"
#include "base/quantity.h"
#include "machine/conditions/condition-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

struct ConditionSet {
    const ReadyRecord *wanted; /* not owned */
    ConditionSite site;        /* owns its qmp */
    char *said;                /* of the site */
    ConditionHandlers handlers;
    gpointer user_data;
    GPtrArray *conditions; /* Condition */
    guint deadline;        /* source */
    guint verdict;         /* source: the callback is about to be called */
    GError *failure;       /* of one that cannot hold */
};

static const ConditionOps *const kinds[] = {
    [CONDITION_TCP] = &condition_tcp,         [CONDITION_HTTPS] = &condition_https,
    [CONDITION_SERIAL] = &condition_serial,   [CONDITION_SCREEN_STABLE] = &condition_screen,
    [CONDITION_QMP_EVENT] = &condition_event,
};

static void
condition_free (gpointer data)
{
    Condition *condition = data;

    if (condition->begun)
        condition->ops->end (condition);
    g_free (condition);
}

void
condition_set_free (ConditionSet *set)
{
    if (!set)
        return;
    g_ptr_array_unref (set->conditions);
    if (set->deadline)
        g_source_remove (set->deadline);
    if (set->verdict)
        g_source_remove (set->verdict);
    g_clear_error (&set->failure);
    g_object_unref (set->site.qmp);
    g_free (set->said);
    g_free (set);
}

char *
condition_set_explain (const ConditionSet *set)
{
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint i = 0; i < set->conditions->len; i++) {
        const Condition *condition = g_ptr_array_index (set->conditions, i);
        g_autofree char *why = condition->holds ? NULL : condition->ops->explain (condition);

        if (why)
            g_string_append_printf (text, "%s%s", text->len ? "; " : "", why);
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
all_hold (const ConditionSet *set)
{
    for (guint i = 0; i < set->conditions->len; i++)
        if (!((const Condition *)g_ptr_array_index (set->conditions, i))->holds)
            return FALSE;
    return TRUE;
}

static gboolean
give_verdict (gpointer user_data)
{
    ConditionSet *set = user_data;
    g_autoptr (GError) failure = g_steal_pointer (&set->failure);

    set->verdict = 0;
    if (failure || all_hold (set))
        set->handlers.over (failure, set->user_data); /* may free the set */
    return G_SOURCE_REMOVE;
}

/* From the main loop, so that neither a condition nor its caller is freed
 * while it is at work. */
static void
decide (ConditionSet *set)
{
    if (!set->verdict && (set->failure || all_hold (set))) {
        if (set->deadline)
            g_source_remove (set->deadline);
        set->deadline = 0;
        set->verdict = g_idle_add_full (G_PRIORITY_DEFAULT, give_verdict, set, NULL);
    }
}

static gboolean
out_of_time (gpointer user_data)
{
    ConditionSet *set = user_data;
    g_autofree char *missing = condition_set_explain (set);
    g_autofree char *time = quantity_format_duration (set->wanted->timeout_ms);

    set->deadline = 0;
    g_clear_error (&set->failure);
    set->failure = g_error_new (ROOST_ERROR, ROOST_ERROR_TIMEOUT, "after %s: %s", time, missing);
    decide (set);
    return G_SOURCE_REMOVE;
}

void
condition_hold (Condition *condition)
{
    if (condition->holds)
        return;
    condition->holds = TRUE;
    if (condition->set->handlers.held)
        condition->set->handlers.held (condition->record, condition->set->user_data);
    decide (condition->set);
}

void
condition_fail (Condition *condition, GError *error)
{
    if (condition->set->failure)
        g_error_free (error);
    else
        condition->set->failure = error;
    decide (condition->set);
}

static void
begin (ConditionSet *set)
{
    for (guint i = 0; i < set->conditions->len; i++) {
        Condition *condition = g_ptr_array_index (set->conditions, i);
        GError *error = NULL;

        if (condition->holds)
            continue;
        condition->begun = TRUE;
        if (!condition->ops->begin (condition, &error))
            condition_fail (condition, error);
    }
    decide (set);
}

char *
condition_text (const ConditionRecord *condition)
{
    return record_to_text (&condition_record, condition);
}

/* What was said before the wait does not count for one that is fresh, and that it held
 * before does not either. */
static gboolean
has_held (const ConditionRecord *record, const GPtrArray *held)
{
    g_autofree char *text = condition_text (record);

    return held && !record->fresh &&
           g_ptr_array_find_with_equal_func ((GPtrArray *)held, text, g_str_equal, NULL);
}

ConditionSet *
condition_set_new (const ReadyRecord *wanted, const ConditionSite *site, const ConditionHandlers *handlers,
                   gpointer user_data)
{
    ConditionSet *set = g_new0 (ConditionSet, 1);

    *set = (ConditionSet){ .wanted = wanted,
                           .site = *site,
                           .handlers = *handlers,
                           .user_data = user_data,
                           .conditions = g_ptr_array_new_with_free_func (condition_free) };
    g_object_ref (set->site.qmp);
    set->site.said = set->said = g_strdup (site->said);
    set->site.held = NULL;
    for (guint i = 0; i < wanted->conditions->len; i++) {
        const ConditionRecord *record = g_ptr_array_index (wanted->conditions, i);
        Condition *condition = g_new0 (Condition, 1);

        *condition = (Condition){ .ops = kinds[record->kind],
                                  .record = record,
                                  .site = &set->site,
                                  .set = set,
                                  .holds = has_held (record, site->held) };
        g_ptr_array_add (set->conditions, condition);
    }
    if (wanted->timeout_ms > 0)
        set->deadline = g_timeout_add (wanted->timeout_ms, out_of_time, set);
    begin (set);
    return set;
}

/* --- the host's end of a forward, for tcp and https --- */

const ForwardRecord *
condition_forward (const Condition *condition)
{
    GPtrArray *forwards = condition->site->record->forwards;

    for (guint i = 0; i < forwards->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (forwards, i);
        g_autofree char *port = g_strdup_printf ("%d", (int)forward->guest_port);

        if (g_strcmp0 (forward->proto, "tcp") == 0 &&
            (g_strcmp0 (forward->name, condition->record->word) == 0 ||
             g_strcmp0 (port, condition->record->word) == 0))
            return forward;
    }
    return NULL;
}

gboolean
condition_check_forward (const Condition *condition, GError **error)
{
    if (condition_forward (condition))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "it has no tcp forward %s (see: roost forward list)", condition->record->word);
    return FALSE;
}

int
condition_connect (const ForwardRecord *forward)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons (forward->bound_port) };
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    if (!forward->host_address || inet_pton (AF_INET, forward->host_address, &name.sin_addr) != 1 ||
        name.sin_addr.s_addr == htonl (INADDR_ANY))
        name.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    if (connect (fd, (struct sockaddr *)&name, sizeof name) == 0 || errno == EINPROGRESS)
        return fd;
    close (fd);
    return -1;
}

char *
condition_describe_forward (const Condition *condition)
{
    const ForwardRecord *forward = condition_forward (condition);

    if (!forward)
        return g_strdup_printf ("the forward %s was removed", condition->record->word);
    return g_strdup_printf ("forward %s (%s:%d)", condition->record->word,
                            forward->host_address && *forward->host_address ? forward->host_address
                                                                            : "*",
                            (int)forward->bound_port);
}
