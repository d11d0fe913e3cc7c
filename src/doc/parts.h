/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of pages that come from tables: each is a row in gen-doc.c and
 * stands in a page's source as @NAME@.
 */
#pragma once

#include <glib.h>

/* verbs-doc.c */
void doc_verbs (GString *out);
void doc_options (GString *out);
void doc_statuses (GString *out);
void doc_completion_verbs (GString *out);
void doc_completion_options (GString *out);
void doc_completion_values (GString *out);

/* keys-doc.c */
void doc_keys (GString *out);
