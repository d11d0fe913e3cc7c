/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ends of files that grow, of one as it is, of several with their names before
 * each line. */
#pragma once

#include <glib.h>

typedef struct Tails Tails;

Tails *tails_new (void);
void tails_free (Tails *tails);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tails, tails_free)

/**
 * tails_add:
 * @name: what stands before its lines when there are several
 */
gboolean tails_add (Tails *tails, const char *path, const char *name, GError **error);

/**
 * tails_print:
 * @lines: the last so many of each; 0 = all
 * @follow: go on as more is written, until the reader has gone or a signal comes
 *
 * Prints what is in the files on standard output.
 */
void tails_print (Tails *tails, guint lines, gboolean follow);
