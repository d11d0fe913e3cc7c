/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a written value can be. */
#pragma once

#include "cli/shell/qmp-node.h"
#include "cli/shell/qmp-schema.h"

/* Returns: whether @text is an integer of 64 bits, signed or not */
gboolean qmp_fit_integer (const char *text);
gboolean qmp_fit_number (const char *text);
/* Returns: (nullable): the boolean that @text says, as JSON */
const char *qmp_fit_bool (const char *text);
/* Returns: whether @text is a number, true, false or null */
gboolean qmp_fit_literal (const char *text);
/* Returns: whether @node is an object of dotted keys that stands for a list */
gboolean qmp_fit_list (const QmpNode *node);
/* Returns: whether @node can be a string */
gboolean qmp_fit_text (const QmpNode *node);
/* Returns: how well @node goes with @type; 0 = not at all */
int qmp_fit_type (const QmpType *type, const QmpNode *node);
