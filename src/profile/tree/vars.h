/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables: `${name}` in any value. */
#pragma once

#include "profile/complain.h"
#include "profile/tree/node.h"

typedef struct Vars Vars;

/* What else than variables may be named. */
typedef struct {
    const char *machine; /* ${machine}; NULL = not in a machine */
    const char *n;       /* ${n}; NULL = no range */
    gboolean open;       /* in a template: both are there, but not yet known */
} VarScope;

typedef enum {
    EXPAND_DONE,
    EXPAND_OPEN, /* depends on the machine: cannot be judged in a template */
    EXPAND_BAD,
} Expansion;

/**
 * vars_new:
 * @declared: (nullable): the map under `vars`
 * @set: (nullable): `name=value` of the command line, which win
 *
 * Declares the variables and complains about those that are wrong or that use
 * each other in a circle.
 */
Vars *vars_new (Node *declared, const char *const *set, Complaints *complaints);
void vars_free (Vars *vars);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Vars, vars_free)

/**
 * vars_expand:
 * @node: a scalar
 * @ret_text: (out): the text, only with %EXPAND_DONE
 * @ret_folder: (out): interned; where @ret_text starts when it is a relative
 *   path: that of the variable when the path begins with one
 * @ret_problem: (out): what is wrong, only with %EXPAND_BAD; %NULL even then when
 *   it comes from a variable that was complained about
 */
Expansion vars_expand (Vars *vars, const VarScope *scope, const Node *node, char **ret_text,
                       const char **ret_folder, char **ret_problem);
