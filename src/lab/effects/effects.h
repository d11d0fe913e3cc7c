/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps become effects here, and effects are undone: one function pair per kind
 * of step.  The lab walks; this does.
 */
#pragma once

#include "machine/machine.h"
#include "lab/state.h"

#include <gio/gio.h>

typedef struct {
    const char *program;  /* absolute path of roost, which is also the switch */
    const char *run_dir;  /* of the lab, by which its processes are marked */
    GHashTable *machines; /* machine name (not owned) → LiveMachine (owned) */
    GHashTable *minded;   /* step id (owned) → a helper process that runs: see mind.h */
    GCancellable *cancellable;
    gboolean paused;               /* machines are started and stay paused */
    const struct Checkpoint *from; /* what machines go on from when they are started; NULL */
    gboolean rollback;             /* undoing an `up` that failed: what it made goes too */
    gboolean live; /* a switch starts anew below machines that run: their sockets stay */
    StopOptions stop;
    /* an entry has changed outside of what was asked for: it is written down */
    void (*changed) (gpointer user_data);
    gpointer user_data;
    /* writes the state down at once, for what must not be done before; @data: of it */
    gboolean (*keep) (gpointer data, GError **error);
    gpointer keep_data;
    /* how far a step that takes long has come; may be NULL */
    void (*progress) (const Step *step, guint percent, gpointer progress_data);
    gpointer progress_data;
    /* a helper process ended unasked and stays ended, @how as `was killed by signal 9 (Killed)`;
     * may be NULL */
    void (*helper_lost) (const Step *step, const char *how, gpointer lost_data);
    gpointer lost_data;
    /* (transfer full): what a hook is told: the plan, or how the lab is */
    JsonNode *(*tell_hook) (gboolean plan, gpointer hook_data);
    gpointer hook_data;
} EffectsContext;

/* What carries steps out; tests have their own. */
typedef struct {
    /* @executed is about to be written down as begun: takes in what will not be known any more
     * when it has been done (created) */
    void (*prepare) (EffectsContext *context, const Step *step, Executed *executed);
    /* leads to @callback; the entry @executed outlives it and is filled in (pid, created) */
    void (*do_async) (EffectsContext *context, const Step *step, Executed *executed,
                      GAsyncReadyCallback callback, gpointer user_data);
    void (*undo_async) (EffectsContext *context, const Step *step, Executed *executed,
                        GAsyncReadyCallback callback, gpointer user_data);
    /* Another supervisor has left this entry.  Of a step that was done, what lives is minded
     * again and what must live and does not is started; of one that was begun, just enough
     * for it to be undone. */
    void (*adopt_async) (EffectsContext *context, const Step *step, Executed *executed,
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
