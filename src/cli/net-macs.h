/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The addresses that a switch has learned, as a cell of a table. */
#pragma once

#include <json-glib/json-glib.h>

/**
 * net_macs_text:
 * @sw: as query-switches has it
 * @port: a name
 * @access: the VLAN of the port's untagged frames when it has no other; 0 = none
 *
 * A switch learns an address once for each VLAN.
 *
 * Returns: (transfer full): each address behind @port once, with its VLANs where these
 * are not @access alone: `72:00:00:00:00:01 72:00:00:00:00:02(10,20-29)`
 */
char *net_macs_text (JsonObject *sw, const char *port, guint access);
