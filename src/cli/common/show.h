/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a lab is shown to a person. */
#pragma once

#include <json-glib/json-glib.h>

/**
 * show_lab:
 * @lab: what query-lab answered
 *
 * Prints the machines as a table, then how to reach each of them.
 */
void show_lab (JsonNode *lab);

/**
 * show_forward:
 *
 * Returns: (transfer full): a URL or command for a person, as
 * `http://127.0.0.1:38477/`, `ssh -p 2222 127.0.0.1`, `tcp 127.0.0.1:5555`
 */
char *show_forward (JsonObject *forward);

/**
 * show_change:
 * @change: of a lab that is up, as lab-up tells it
 *
 * Returns: (transfer full): one line: `+ ` comes, `- ` goes, `~ ` changes, `! ` is
 * held until a restart
 */
char *show_change (JsonObject *change);
