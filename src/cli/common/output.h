/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people read: tables, and progress while they wait. */
#pragma once

#include <json-glib/json-glib.h>

typedef struct Table Table;

/**
 * table_new:
 * @head: column titles, separated by `|`
 */
Table *table_new (const char *head);

/**
 * table_add:
 * @...: (transfer none): one string per column; NULL shows as `-`
 */
void table_add (Table *table, ...);

/**
 * table_print:
 * @table: (transfer full)
 *
 * Prints it on standard output, columns as wide as needed.
 */
void table_print (Table *table);

/**
 * print_json:
 *
 * Prints @node on standard output, one line.
 */
void print_json (JsonNode *node);

/* A line on standard error that is rewritten while something goes on; nothing
 * where that is not a terminal. */
typedef struct Progress Progress;

/* @what: what goes on, at the start of the line; progress_set() says how far it is */
Progress *progress_new (const char *what);
void progress_set (Progress *progress, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Whether anybody sees it. */
gboolean progress_is_shown (const Progress *progress);
/* Erases the line. */
void progress_free (Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Progress, progress_free)

/* The string member, or @fallback. */
const char *member_string (JsonObject *object, const char *name, const char *fallback);
