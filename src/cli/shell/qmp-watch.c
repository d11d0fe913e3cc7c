/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the filter of events that are shown and the memory that waits look into. */
#include "cli/shell/qmp-watch.h"

#include "cli/shell/qmp-json.h"

#include <string.h>

/* Events that are remembered; the oldest go first. */
#define KEPT_MAX 1000

typedef struct {
    GBytes *message;
    const char *name; /* interned */
    char *data;       /* NULL = none */
    char *shown;      /* for people */
} Kept;

struct QmpWatch {
    GStrv patterns, members; /* of what is shown */
    GQueue kept;             /* Kept, the oldest first */
    guint fresh;             /* so many of the newest can be waited for */
};

static void
kept_free (gpointer data)
{
    Kept *kept = data;

    g_bytes_unref (kept->message);
    g_free (kept->data);
    g_free (kept->shown);
    g_free (kept);
}

QmpWatch *
qmp_watch_new (void)
{
    return g_new0 (QmpWatch, 1);
}

void
qmp_watch_free (QmpWatch *watch)
{
    if (!watch)
        return;
    g_queue_clear_full (&watch->kept, kept_free);
    g_strfreev (watch->patterns);
    g_strfreev (watch->members);
    g_free (watch);
}

void
qmp_watch_show (QmpWatch *watch, const char *const *patterns, const char *const *members)
{
    g_strfreev (watch->patterns);
    g_strfreev (watch->members);
    watch->patterns = g_strdupv ((GStrv)patterns);
    watch->members = g_strdupv ((GStrv)members);
}

char *
qmp_watch_format (const QmpEvent *event)
{
    g_autoptr (GDateTime) time =
        event->seconds >= 0 ? g_date_time_new_from_unix_local (event->seconds) : NULL;
    g_autofree char *clock = time ? g_date_time_format (time, "%H:%M:%S") : g_strdup ("--:--:--");

    return g_strdup_printf ("[%s.%03d] %s%s%.*s", clock, (int)(MAX (event->microseconds, 0) / 1000),
                            event->name, event->data ? " " : "", (int)event->data_length,
                            event->data ? event->data : "");
}

void
qmp_watch_mark (QmpWatch *watch)
{
    watch->fresh = 0;
}

void
qmp_watch_add (QmpWatch *watch, const QmpEvent *event)
{
    Kept *kept = g_new0 (Kept, 1);

    kept->message = g_bytes_ref (event->message);
    kept->name = event->name;
    kept->data = event->data ? g_strndup (event->data, event->data_length) : NULL;
    kept->shown = qmp_watch_format (event);
    g_queue_push_tail (&watch->kept, kept);
    if (g_queue_get_length (&watch->kept) > KEPT_MAX)
        kept_free (g_queue_pop_head (&watch->kept));
    watch->fresh = MIN (watch->fresh + 1, KEPT_MAX);
}

char *
qmp_watch_last (const QmpWatch *watch, guint n)
{
    GString *text = g_string_new (NULL);
    guint length = watch->kept.length;

    for (guint i = length - MIN (n, length); i < length; i++) {
        const Kept *kept = g_queue_peek_nth ((GQueue *)&watch->kept, i);

        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", kept->shown);
    }
    return g_string_free (text, FALSE);
}

/* @member: KEY=VALUE */
static gboolean
has_member (const QmpNode *data, const char *member)
{
    const char *equals = strchr (member, '=');
    g_autofree char *key = g_strndup (member, equals ? (gsize)(equals - member) : strlen (member));
    g_auto (GStrv) parts = g_strsplit (key, ".", -1);

    for (gsize i = 0; data && parts[i]; i++)
        data = qmp_node_find (data, parts[i]);
    return data && (!equals || g_strcmp0 (data->text, equals + 1) == 0);
}

static gboolean
matches (const char *name, const char *data, gsize length, const char *pattern,
         const char *const *members)
{
    g_auto (QmpFault) fault = { NULL };
    g_autofree char *text = g_strndup (data, length);
    g_autoptr (QmpNode) node = NULL;
    gsize at = 0;

    if (!g_pattern_match_simple (pattern, name))
        return FALSE;
    if (!*members)
        return TRUE;
    node = text ? qmp_json_parse (text, &at, length, &fault) : NULL;
    for (gsize i = 0; members[i]; i++)
        if (!has_member (node, members[i]))
            return FALSE;
    return TRUE;
}

gboolean
qmp_watch_matches (const QmpEvent *event, const char *pattern, const char *const *members)
{
    return matches (event->name, event->data, event->data_length, pattern, members);
}

gboolean
qmp_watch_shows (const QmpWatch *watch, const QmpEvent *event)
{
    static const char *const none[] = { NULL };
    const char *const *members = watch->members ? (const char *const *)watch->members : none;

    for (gsize i = 0; watch->patterns && watch->patterns[i]; i++)
        if (qmp_watch_matches (event, watch->patterns[i], members))
            return TRUE;
    return FALSE;
}

GBytes *
qmp_watch_take (QmpWatch *watch, const char *pattern, const char *const *members)
{
    while (watch->fresh > 0) {
        const Kept *kept = g_queue_peek_nth (&watch->kept, watch->kept.length - watch->fresh--);

        if (matches (kept->name, kept->data, kept->data ? strlen (kept->data) : 0, pattern,
                     members))
            return g_bytes_ref (kept->message);
    }
    return NULL;
}
