/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complaints about a text that a person wrote: collected, not thrown, so that
 * one run names every mistake of a file with its place.
 */
#pragma once

#include <glib.h>

/* Where something was written.  @file is interned (g_intern_string), so a
 * Place is copied by assignment; line and column count from 1, 0 = not known. */
typedef struct {
    const char *file;
    int line;
    int column;
} Place;

typedef enum {
    DIAG_ERROR,
    DIAG_WARNING,
} DiagLevel;

typedef struct {
    DiagLevel level;
    Place place;
    char *path; /* the key, as in machines.web.memory; may be NULL */
    char *text; /* one sentence: what is wrong, and what mends it */
} Diag;

typedef struct DiagList DiagList;

DiagList *diag_list_new (void);
void diag_list_free (DiagList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiagList, diag_list_free)

/**
 * diag_error: (and diag_warning)
 * @list: where the complaint goes
 * @place: where the mistake was written
 * @path: (nullable): the key it is about
 * @format: what is wrong and how to mend it
 */
void diag_error (DiagList *list, Place place, const char *path, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void diag_warning (DiagList *list, Place place, const char *path, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/**
 * diag_list_n_errors:
 *
 * Returns: how many complaints are errors; warnings do not count
 */
guint diag_list_n_errors (const DiagList *list);

/**
 * diag_list_length: (and diag_list_get)
 *
 * The complaints, in order of file, line and column once diag_list_sort() was
 * called, until then in the order in which they were made.
 */
guint diag_list_length (const DiagList *list);
const Diag *diag_list_get (const DiagList *list, guint i);
void diag_list_sort (DiagList *list);

/**
 * diag_list_format:
 *
 * Returns: (transfer full): one line per complaint, each ending in a newline:
 * `lab.yaml:12:9: machines.web.memory: "4X" is not a size (try 4G)`
 */
char *diag_list_format (const DiagList *list);

/**
 * place_format:
 *
 * Returns: (transfer full): `file:line`, the form in which records remember
 * where something was declared; an empty string for an unknown place
 */
char *place_format (Place place);
