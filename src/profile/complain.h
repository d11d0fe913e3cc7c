/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complaints of one load: as base/diag.h, but each mistake once.  A template
 * is used by many machines, and a mistake in it is one mistake.
 */
#pragma once

#include "base/diag.h"

#include <glib.h>

typedef struct Complaints Complaints;

/**
 * complaints_new:
 * @diags: (transfer none): where complaints end up; outlives the result
 */
Complaints *complaints_new (DiagList *diags);
void complaints_free (Complaints *complaints);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Complaints, complaints_free)

/**
 * complain: (and complain_v)
 *
 * As diag_error(), except that the same sentence about the same place is
 * reported once, and that there is an end to how many are reported.
 */
void complain (Complaints *complaints, Place place, const char *path, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void complain_v (Complaints *complaints, DiagLevel level, Place place, const char *path,
                 const char *format, va_list args) G_GNUC_PRINTF (5, 0);

/**
 * complaints_are_full:
 *
 * Returns: whether further complaints are dropped, so that work for their
 * sentences can be spared
 */
gboolean complaints_are_full (const Complaints *complaints);

/**
 * complain_suggest:
 * @candidates: (array zero-terminated=1): what could have been meant
 *
 * Returns: (transfer full): ` (did you mean "X"?)`, or an empty string when no
 * candidate is near @word
 */
char *complain_suggest (Complaints *complaints, const char *word, const char *const *candidates);

/**
 * complain_where:
 *
 * Returns: (transfer full): how a complaint at @here names @there: `line 5`,
 * with the file when it is another one
 */
char *complain_where (Place here, Place there);
