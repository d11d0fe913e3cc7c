/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of emulator-build.h: a build on its way, for the files that carry it
 * through its stages, run the tools of each, and know what it is made from.
 */
#pragma once

#include "host/emulator/emulator-build.h"

#define EMULATOR_PATCH_MAX_BYTES (16 * 1024 * 1024)

typedef enum { STAGE_UNPACK, STAGE_PATCH, STAGE_CONFIGURE, STAGE_COMPILE, STAGE_INSTALL } Stage;

typedef struct {
    EmulatorBuild build;
    char *folder;
    char *work;
    GPtrArray *patches; /* char *: their paths, in order */
    Stage stage;
    guint next_patch;
    GString *line; /* what the tool said last, as far as it has come */
    int log;
} Building;

/* --- emulator-build.c --- */

extern const char *const emulator_stage_names[];

/**
 * emulator_building_path:
 *
 * Returns: (transfer full): @name in the folder where it is worked
 */
char *emulator_building_path (const Building *b, const char *name);

/* A tool has ended; @user_data: (transfer full): the task */
void emulator_building_tool_ended (GObject *source, GAsyncResult *result, gpointer user_data);

/* --- emulator-build-tools.c: each starts what its stage needs --- */

void emulator_tool_unpack (GTask *task);
void emulator_tool_patch (GTask *task, const char *patch);
void emulator_tool_configure (GTask *task);

/* @goal: (nullable): what `make` is to make; everything */
void emulator_tool_make (GTask *task, const char *goal);

/**
 * emulator_tool_find_rejects:
 *
 * Returns: (transfer full): the files in which patch has left what it could not apply
 */
char *emulator_tool_find_rejects (const Building *b);

/* --- emulator-build-inputs.c --- */

/**
 * emulator_inputs_list_patches:
 *
 * Fills the list of patches, in the order in which they are applied: that of a file
 * `series` as quilt has it, else that of the names.
 */
gboolean emulator_inputs_list_patches (Building *b, GError **error);

/**
 * emulator_inputs_describe:
 *
 * Returns: (transfer full): everything that the result depends on, as text
 */
char *emulator_inputs_describe (const Building *b, GError **error);
