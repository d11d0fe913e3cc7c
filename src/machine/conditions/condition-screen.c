/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the condition screen-stable: for some time the screen looks as it did.
 *
 * Nobody tells that a screen has changed, so a picture is taken once a second
 * and held against the first one of the time that is counted.  What differs
 * within the size of a character is a cursor that blinks, and does not count.
 */
#include "machine/conditions/condition-private.h"

#include "base/error.h"
#include "base/quantity.h"
#include "machine/screenshot.h"

#include <stdio.h>
#include <string.h>

#define LOOK_INTERVAL_MS 1000
#define CURSOR_WIDTH 16
#define CURSOR_HEIGHT 32
#define PIXEL 3 /* bytes */

typedef struct {
    guint timer; /* source: the next look */
    GCancellable *cancellable;
    GBytes *first; /* picture that the others are held against; NULL */
    gint64 since;  /* monotonic time of it, µs */
    guint changes;
} Screen;

typedef struct {
    int width, height;
    const guint8 *pixels;
} Picture;

/* `P6 WIDTH HEIGHT 255` and the pixels */
static gboolean
read_picture (GBytes *bytes, Picture *picture)
{
    gsize length;
    const char *data = g_bytes_get_data (bytes, &length);
    g_autofree char *head = g_strndup (data, MIN (length, 64));
    int end = 0;

    if (sscanf (head, "P6 %d %d 255%n", &picture->width, &picture->height, &end) != 2 || end == 0 ||
        picture->width <= 0 || picture->height <= 0)
        return FALSE;
    picture->pixels = (const guint8 *)data + end + 1;
    return length == (gsize)end + 1 + (gsize)picture->width * picture->height * PIXEL;
}

static gboolean
look_alike (GBytes *one, GBytes *other)
{
    Picture a, b;
    int left = G_MAXINT, right = -1, top = -1, bottom = -1;

    if (g_bytes_equal (one, other))
        return TRUE;
    if (!read_picture (one, &a) || !read_picture (other, &b) || a.width != b.width ||
        a.height != b.height)
        return FALSE;
    for (int y = 0; y < a.height; y++) {
        gsize row = (gsize)y * a.width * PIXEL;

        if (memcmp (a.pixels + row, b.pixels + row, (gsize)a.width * PIXEL) == 0)
            continue;
        top = top < 0 ? y : top;
        bottom = y;
        for (int x = 0; x < a.width; x++) {
            if (memcmp (a.pixels + row + x * PIXEL, b.pixels + row + x * PIXEL, PIXEL) == 0)
                continue;
            left = MIN (left, x);
            right = MAX (right, x);
        }
    }
    return right - left < CURSOR_WIDTH && bottom - top < CURSOR_HEIGHT;
}

static gboolean look (gpointer user_data);

static void
taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autoptr (GBytes) picture = screenshot_take_finish (result, &error);
    Condition *condition = user_data;
    Screen *screen;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_error_free (error); /* the condition is gone */
        return;
    }
    if (!picture) {
        condition_fail (condition, error);
        return;
    }
    screen = condition->data;
    if (!screen->first || !look_alike (screen->first, picture)) {
        screen->changes += screen->first != NULL;
        g_clear_pointer (&screen->first, g_bytes_unref);
        screen->first = g_steal_pointer (&picture);
        screen->since = g_get_monotonic_time ();
    } else if (g_get_monotonic_time () - screen->since >= condition->record->still_ms * 1000) {
        condition_hold (condition);
        return;
    }
    screen->timer = g_timeout_add (LOOK_INTERVAL_MS, look, condition);
}

static gboolean
look (gpointer user_data)
{
    Condition *condition = user_data;
    Screen *screen = condition->data;

    screen->timer = 0;
    screenshot_take_async (condition->site->qmp, "ppm", screen->cancellable, taken, condition);
    return G_SOURCE_REMOVE;
}

static gboolean
screen_begin (Condition *condition, GError **error)
{
    Screen *screen = g_new0 (Screen, 1);

    screen->cancellable = g_cancellable_new ();
    condition->data = screen;
    if (condition->record->still_ms < LOOK_INTERVAL_MS) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "a screen is looked at once a second: wait for 1s or more");
        return FALSE;
    }
    look (condition);
    return TRUE;
}

static void
screen_end (Condition *condition)
{
    Screen *screen = condition->data;

    if (screen->timer)
        g_source_remove (screen->timer);
    g_cancellable_cancel (screen->cancellable);
    g_object_unref (screen->cancellable);
    g_clear_pointer (&screen->first, g_bytes_unref);
    g_free (screen);
}

static char *
screen_explain (const Condition *condition)
{
    const Screen *screen = condition->data;
    g_autofree char *still =
        quantity_format_duration ((g_get_monotonic_time () - screen->since) / 1000);

    if (!screen->first)
        return g_strdup ("no picture of the screen could be taken");
    return g_strdup_printf ("the screen changed last %s ago, %u times in all", still,
                            screen->changes);
}

const ConditionOps condition_screen = { screen_begin, screen_end, screen_explain };
