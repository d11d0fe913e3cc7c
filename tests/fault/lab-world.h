/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lab in a private directory with every kind of step that matters to the walk,
 * whose steps are done by nobody: what began is written down, and ends, fails or
 * is held as the test wants it.
 */
#pragma once

#include "lab/lab.h"
#include "unit/wait.h"

/* One lab in a private directory, whose steps are done by nobody. */
typedef struct {
    char *dir;
    char *run_dir;
    LiveLab *lab;
    GPtrArray *log; /* owned: `do ID`, `undo ID` in the order in which they began */
    GHashTable *done;
    const char *fail_do;   /* id of the step that fails */
    const char *fail_undo; /* id of the step whose undo fails */
    const char *slow;      /* id of the step that ends only when another has failed */
    const char *slow_undo; /* id of the step whose undo ends only when it is let go */
    GTask *held;
    gboolean ended;
    GError *error;
} World;

#define N_LAB_IDS 8
/* the steps of the plan, in its order */
extern const char *const lab_ids[N_LAB_IDS];

World *world_new (void);
/* nothing but empty directories is left */
void world_free (World *world);
/* (transfer full) */
Plan *world_plan (World *world);
/* callbacks, for live_lab_up_async() and its like; they set ended and error */
void world_up_ended (GObject *source, GAsyncResult *result, gpointer user_data);
void world_down_ended (GObject *source, GAsyncResult *result, gpointer user_data);
/* comes up, or fails to */
void world_bring_up (World *world);
/* the step that is held ends */
void world_let_go (World *world);
/* @what: `do`, `undo` or `adopt` */
gboolean world_has_logged (World *world, const char *what, const char *id);
gboolean world_has_state_file (World *world);
