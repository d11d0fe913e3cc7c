/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host ports: whether one can be bound, and who has it otherwise. */
#pragma once

#include <glib.h>

/**
 * port_is_free:
 * @proto: `tcp` or `udp`
 * @address: IPv4 address, empty for all
 * @port: 0 is always free
 * @ret_errno: (out): why it cannot be bound, when it cannot
 * @ret_holder: (out): pid of the process that has it; 0 when that cannot be found out
 */
gboolean port_is_free (const char *proto, const char *address, guint port, int *ret_errno,
                       gint64 *ret_holder);
