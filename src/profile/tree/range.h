/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Machine names that stand for several machines: `esxi[1-3]`. */
#pragma once

#include <glib.h>

/* the most machines that a lab may have */
#define RANGE_MAX_MACHINES 4096

typedef struct {
    char *name;
    char *n; /* the number as it stands in the name; NULL when there is no range */
} RangeName;

/**
 * range_expand:
 * @text: a name, in which one `[FIRST-LAST]` may stand; a FIRST with zeros
 *   before it, as `[01-10]`, gives every number as many digits
 * @ret_problem: (out): what is wrong, on error
 *
 * Returns: (transfer full) (nullable): array of RangeName, at least one
 */
GArray *range_expand (const char *text, char **ret_problem);
