/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk through a JSON text that is known to be valid; see
 * json-replace.h.
 */
#include "control/shared/json-replace.h"

#include "qmp/qmp-scan.h"

/* Limits on what clients control: how deep is looked; each level reads the text again. */
#define DEPTH_MAX 16

typedef struct {
    GString *out;       /* NULL until something is replaced */
    const char *copied; /* what is before is in @out */
    JsonReplaceFunc func;
    gpointer user_data;
    guint depth;
    gboolean complete;
} Walk;

static void walk_value (Walk *walk, const JsonPlace *place, const char *at, const char *end);

/* @at: at a quote. Returns: after the closing one */
static const char *
skip_string (const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

/* Returns: the end of the value that begins at @at */
static const char *
skip_value (const char *at, const char *end)
{
    guint depth = 0;

    while (at < end) {
        if (*at == '"') {
            at = skip_string (at);
            if (depth == 0)
                return at;
            continue;
        }
        if (*at == '{' || *at == '[') {
            depth++;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0)
                return at; /* the end of what a scalar is in */
            if (--depth == 0)
                return at + 1;
        } else if (*at == ',' && depth == 0) {
            return at;
        }
        at++;
    }
    return at;
}

static void
walk_object (Walk *walk, const JsonPlace *outer, const char *at, const char *end)
{
    JsonPlace place = { .outer = outer, .object = at, .object_length = end - at };

    at++;
    while (at < end && *at == '"') {
        const char *key_end = skip_string (at), *value_end;
        g_autofree char *key = qmp_slice_to_string (at, key_end - at);

        place.key = key;
        at = key_end + 1;
        value_end = skip_value (at, end);
        walk_value (walk, &place, at, value_end);
        at = *value_end == ',' ? value_end + 1 : value_end;
    }
}

static void
walk_array (Walk *walk, const JsonPlace *place, const char *at, const char *end)
{
    at++;
    while (at < end && *at != ']') {
        const char *value_end = skip_value (at, end);

        walk_value (walk, place, at, value_end);
        at = *value_end == ',' ? value_end + 1 : value_end;
    }
}

static void
put (Walk *walk, const char *at, const char *end, const char *replacement)
{
    if (!walk->out)
        walk->out = g_string_new (NULL);
    g_string_append_len (walk->out, walk->copied, at - walk->copied);
    g_string_append (walk->out, replacement);
    walk->copied = end;
}

static void
walk_value (Walk *walk, const JsonPlace *place, const char *at, const char *end)
{
    g_autofree char *replacement = walk->func (place, at, end - at, walk->user_data);

    if (replacement) {
        put (walk, at, end, replacement);
        return;
    }
    if (*at != '{' && *at != '[')
        return;
    if (walk->depth == DEPTH_MAX) {
        walk->complete = FALSE;
        return;
    }
    walk->depth++;
    if (*at == '{')
        walk_object (walk, place, at, end);
    else
        walk_array (walk, place, at, end);
    walk->depth--;
}

char *
json_replace (const char *text, gsize length, JsonReplaceFunc func, gpointer user_data,
              gboolean *complete)
{
    Walk walk = { .copied = text, .func = func, .user_data = user_data, .complete = TRUE };

    walk_object (&walk, NULL, text, text + length);
    if (complete)
        *complete = walk.complete;
    if (!walk.out)
        return NULL;
    g_string_append_len (walk.out, walk.copied, text + length - walk.copied);
    return g_string_free (walk.out, FALSE);
}
