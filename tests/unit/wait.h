/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting in tests: the main context is iterated until something holds or a deadline has passed.
 * Nothing here sleeps. */
#pragma once

#include <check.h>
#include <glib.h>

/* What a test waits for at most when it does not say otherwise; never reached when all is well. */
#define WAIT_DEADLINE_MS 60000

static inline gboolean
wait_mark_expired (gpointer expired)
{
    *(gboolean *)expired = TRUE;
    return G_SOURCE_REMOVE;
}

/* Adds to the default context a timer that sets *@expired. */
static inline GSource *
wait_timer_new (guint timeout_ms, gboolean *expired)
{
    GSource *timer = g_timeout_source_new (timeout_ms);

    *expired = FALSE;
    g_source_set_callback (timer, wait_mark_expired, expired, NULL);
    g_source_attach (timer, NULL);
    return timer;
}

static inline void
wait_timer_free (GSource *timer)
{
    g_source_destroy (timer);
    g_source_unref (timer);
}

/* wait_for(condition, timeout_ms): iterates the default context until @condition, which is
 * evaluated before each iteration, holds.  Value: whether it did before the deadline. */
#define wait_for(condition, timeout_ms)                                                            \
    ({                                                                                             \
        gboolean wait_expired_, wait_met_;                                                         \
        GSource *wait_timer_ = wait_timer_new ((timeout_ms), &wait_expired_);                      \
        while (!(wait_met_ = !!(condition)) && !wait_expired_)                                     \
            g_main_context_iteration (NULL, TRUE);                                                 \
        wait_timer_free (wait_timer_);                                                             \
        wait_met_;                                                                                 \
    })

/* Fails the test when @condition does not come true in time. */
#define ck_wait(condition)                                                                         \
    ck_assert_msg (wait_for ((condition), WAIT_DEADLINE_MS), "waited in vain for: %s", #condition)

/* The same as a function, for predicates that need more than an expression. */
static inline gboolean
wait_until (gboolean (*predicate) (gpointer), gpointer data, guint timeout_ms)
{
    return wait_for (predicate (data), timeout_ms);
}

/* Dispatches what is ready now, without blocking. */
static inline void
wait_settle (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}
