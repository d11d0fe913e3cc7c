/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps become effects here, and effects are undone: one function pair per kind
 * of step.  The lab walks; this does.
 */
#pragma once

#include "lab/machine.h"
#include "lab/state.h"

#include <gio/gio.h>

typedef struct HelperWatch HelperWatch;
void helper_watch_free (HelperWatch *watched);

typedef struct {
    const char *program;  /* absolute path of roost, which is also the switch */
    const char *run_dir;  /* of the lab, by which its processes are marked */
    GHashTable *machines; /* machine name (not owned) → LiveMachine (owned) */
    GHashTable *helpers;  /* step id (owned) → HelperWatch (owned) of one that was started */
    GCancellable *cancellable;
    gboolean paused;   /* machines are started and stay paused */
    gboolean rollback; /* undoing an `up` that failed: what it made goes too */
    gboolean live;     /* a switch starts anew below machines that run: their sockets stay */
    StopOptions stop;
    /* writes the state down at once, for what must not be done before; @data: of it */
    gboolean (*keep) (gpointer data, GError **error);
    gpointer keep_data;
    /* how far a step that takes long has come; may be NULL */
    void (*progress) (const Step *step, guint percent, gpointer progress_data);
    gpointer progress_data;
    /* a helper process ended unasked, @how as `was killed by signal 9 (Killed)`; may be NULL */
    void (*helper_lost) (const Step *step, const char *how, gpointer lost_data);
    gpointer lost_data;
} EffectsContext;

/* What carries steps out; tests have their own. */
typedef struct {
    /* leads to @callback; the entry @executed outlives it and is filled in (pid, created) */
    void (*do_async) (EffectsContext *context, const Step *step, Executed *executed,
                      GAsyncReadyCallback callback, gpointer user_data);
    void (*undo_async) (EffectsContext *context, const Step *step, Executed *executed,
                        GAsyncReadyCallback callback, gpointer user_data);
    /* @ret_note: (out) (transfer full) (nullable): what a person should know */
    gboolean (*finish) (GAsyncResult *result, char **ret_note, GError **error);
} Effects;

extern const Effects real_effects;

/**
 * effects_step_is_helper:
 *
 * Returns: whether @step is a process beside the machines
 */
gboolean effects_step_is_helper (const Step *step);

/**
 * effects_watch_helper:
 *
 * Minds the process of a helper that somebody before us has started; one that is
 * minded already is left alone.
 */
void effects_watch_helper (EffectsContext *context, const Step *step, const Executed *executed);
