/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network of a private lab, entered by the program itself. */
#pragma once

#include <glib.h>

/**
 * network_is_private:
 *
 * Returns: whether @lab is up with a network of its own
 */
gboolean network_is_private (const char *lab);

/**
 * network_enter:
 *
 * From then on this process is in the network of @lab, as its root.
 */
gboolean network_enter (const char *lab, GError **error);
