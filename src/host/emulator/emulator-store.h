/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulators that this user has names for, each with a folder of its own: those
 * that roost has built, and programs that were there and were only given a name. */
#pragma once

#include "base/record.h"

/* One that is whole; a build under way has none. */
typedef struct {
    char *name;
    char *path;    /* the program */
    char *source;  /* what it was built from; NULL = it was there, as are the rest */
    char *target;  /* as configure calls it */
    GStrv patches; /* names, in the order in which they were applied */
    char *built;   /* when, as ISO 8601 in UTC */
} BuiltEmulator;

extern const Record built_emulator_record;

/**
 * emulator_store_folder:
 *
 * Returns: (transfer full): everything of the emulator @name
 */
char *emulator_store_folder (const char *name);

/**
 * emulator_store_find:
 *
 * Returns: (transfer full) (nullable): the emulator that was built under @name;
 * free it with record_free()
 */
BuiltEmulator *emulator_store_find (const char *name);

/**
 * emulator_store_list:
 *
 * Returns: (transfer full) (element-type BuiltEmulator): by name
 */
GPtrArray *emulator_store_list (void);

/**
 * emulator_store_add:
 *
 * Makes @emulator known: from now on machines can name it.
 */
gboolean emulator_store_add (const BuiltEmulator *emulator, GError **error);

/**
 * emulator_store_remove:
 *
 * Deletes the emulator @name, or what a build of it has left; a program that was only
 * given that name stays.
 */
gboolean emulator_store_remove (const char *name, GError **error);
