/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way from a profile file to a checked lab. */
#pragma once

#include "base/diag.h"
#include "profile/model.h"

typedef struct {
    const char *const *set;         /* `name=value` of --set; may be NULL */
    const char *const *search_path; /* where shipped includes are looked for; may be NULL */
} ProfileOptions;

/**
 * profile_load:
 * @path: the profile, `-` for standard input
 * @diags: every complaint about it and the files that it includes
 *
 * Reads, includes, merges templates, expands ranges and variables, binds and
 * checks.  Has no effect but reading.
 *
 * Returns: (transfer full) (nullable): the lab; %NULL when @diags has errors
 */
Lab *profile_load (const char *path, const ProfileOptions *options, DiagList *diags);

/**
 * profile_load_text:
 * @text: what the file would hold
 * @file: the name to report in complaints; relative paths start from its folder
 *
 * As profile_load(), for tests and fuzzing.
 */
Lab *profile_load_text (const char *text, gsize length, const char *file,
                        const ProfileOptions *options, DiagList *diags);

/**
 * profile_schema:
 *
 * Returns: (transfer full): the JSON Schema of profiles, for editors
 */
char *profile_schema (void);
