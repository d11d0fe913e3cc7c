/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laying one tree over another, and templates. */
#pragma once

#include "profile/complain.h"
#include "profile/tree/node.h"

/**
 * merge_nodes:
 * @base: (nullable): what is below
 * @over: (nullable): what wins
 *
 * Maps are merged key by key, keys of @base first; a scalar or a list replaces
 * what is below it; null removes it.  Every value keeps its own place.
 *
 * Returns: (transfer full) (nullable): the result, which shares nodes with both
 */
Node *merge_nodes (Node *base, Node *over);

typedef struct Templates Templates;

/**
 * templates_new:
 * @declared: (nullable): the map under `templates`; outlives the result
 */
Templates *templates_new (Node *declared, Complaints *complaints);
void templates_free (Templates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Templates, templates_free)

/**
 * templates_apply:
 * @body: a machine or a template, as it was written
 * @path: its key, for complaints
 *
 * Returns: (transfer full): @body over its template, over the template of
 * that, and so on; @body alone when it names none or a wrong one
 */
Node *templates_apply (Templates *templates, Node *body, const char *path);
