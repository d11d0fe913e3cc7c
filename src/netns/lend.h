/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The socket at which descriptors that belong to this network are lent. */
#pragma once

#include <glib.h>

typedef struct Lender Lender;

/**
 * lender_new:
 * @path: where to listen; host/network/netns.h says what is spoken there
 *
 * Returns: (transfer full): serves from the main loop; %NULL on error
 */
Lender *lender_new (const char *path, GError **error);

/**
 * lender_free:
 *
 * Ends it and removes the socket.
 */
void lender_free (Lender *lender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lender, lender_free)
