/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the main loop until something is true; the caller's deadline is the only clock. */
#pragma once

#include <gio/gio.h>

typedef gboolean (*PumpUntil) (gpointer data);

static inline gboolean
pump_expired (gpointer expired)
{
    *(gboolean *)expired = TRUE;
    return G_SOURCE_REMOVE;
}

/* Returns: whether @done became true within @ms milliseconds */
static inline gboolean
pump_until (PumpUntil done, gpointer data, guint ms)
{
    gboolean expired = FALSE;
    guint timer = g_timeout_add (ms, pump_expired, &expired);

    while (!done (data) && !expired)
        g_main_context_iteration (NULL, TRUE);
    if (!expired)
        g_source_remove (timer);
    return done (data);
}

/* Runs the main loop while it has something to do. */
static inline void
pump_idle (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}
