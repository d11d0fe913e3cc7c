/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting for an asynchronous call: only the outermost layer of a short-lived
 * program may, and this is it.
 *
 *   Wait wait = { NULL };
 *   some_async (…, wait_arrived, &wait);
 *   g_autoptr (GAsyncResult) result = wait_for (&wait);
 */
#pragma once

#include <gio/gio.h>

typedef struct {
    GAsyncResult *result;
} Wait;

/* The callback to give to an asynchronous function, with a Wait as its data */
void wait_arrived (GObject *source, GAsyncResult *result, gpointer user_data);

/**
 * wait_for:
 *
 * Turns the main loop until the result is there.
 *
 * Returns: (transfer full): the result
 */
GAsyncResult *wait_for (Wait *wait);
