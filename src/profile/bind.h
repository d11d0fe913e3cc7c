/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees to the structs of the model, by the key table. */
#pragma once

#include "profile/complain.h"
#include "profile/keys.h"
#include "profile/tree/node.h"
#include "profile/tree/vars.h"

typedef struct Binder Binder;

/* @vars, @complaints: (transfer none): outlive the binder */
Binder *binder_new (Vars *vars, Complaints *complaints);
void binder_free (Binder *binder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Binder, binder_free)

/**
 * binder_enter: (and binder_leave)
 * @step: what follows goes under this key, in complaints
 */
void binder_enter (Binder *binder, const char *step);
void binder_leave (Binder *binder);

/**
 * binder_set_scope:
 * @scope: (transfer none): what variables may name from here on
 */
void binder_set_scope (Binder *binder, VarScope scope);

/**
 * binder_fill:
 * @section: what the keys mean
 * @node: a map, or null for one without keys
 * @place: where to complain of a key that is missing
 * @data: a new struct of @section
 *
 * Stores what @node says and the defaults of what it does not say; complains
 * about unknown keys and wrong values, whose fields then have their defaults.
 * In an open scope nothing is required.
 */
void binder_fill (Binder *binder, const Section *section, Node *node, Place place, gpointer data);

/**
 * binder_said:
 * @data: a struct that was filled
 *
 * Returns: (transfer none) (nullable): the value that was written for @key
 */
Node *binder_said (const Binder *binder, gconstpointer data, const char *key);

/**
 * binder_is_bad:
 *
 * Returns: whether something was written for @key that was complained about
 */
gboolean binder_is_bad (const Binder *binder, gconstpointer data, const char *key);
