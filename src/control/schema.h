/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the control socket understands, in the form of QEMU's query-qmp-schema: the
 * same completion and the same checks work on both.
 */
#pragma once

#include <json-glib/json-glib.h>

/**
 * control_schema:
 *
 * Returns: (transfer full): an array of entities.  Types have numbers for names, as
 * they have in QEMU's, and mean nothing by themselves
 */
JsonNode *control_schema (void);
