/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the command line to a plan: finds the profile, loads it, asks the host
 * and the emulators, plans.  All complaints go to standard error.
 */
#pragma once

#include "cli/verb.h"
#include "plan/plan.h"

/**
 * load_find_profile:
 *
 * Returns: (transfer full): the file of -f, else the only profile of the
 * current directory
 */
char *load_find_profile (const Options *options, GError **error);

/**
 * load_lab:
 * @path: a profile
 *
 * Returns: (transfer full): the checked lab; when it is wrong the complaints
 * have been printed and @error is without text
 */
Lab *load_lab (const char *path, const Options *options, GError **error);

/**
 * load_facts:
 * @lab: (nullable): whose emulators are asked; NULL = the one that machines have
 *   when nothing is said
 *
 * Returns: (transfer full): what the host and its emulators offer
 */
HostFacts *load_facts (const Lab *lab, GError **error);

/**
 * load_plan:
 *
 * Returns: (transfer full): the plan of the profile that @options name; with --from
 * another lab's checkpoint, and of a lab that is up and came from one, that of a copy
 */
Plan *load_plan (const Options *options, GError **error);

/**
 * load_plan_like:
 * @like: a plan that was made before
 *
 * Returns: (transfer full): what the profile makes today of the lab of that name
 */
Plan *load_plan_like (const Options *options, const Plan *like, GError **error);
