/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the processes beside the machines have in common: started and told that
 * they are ready, ended, and outliving the supervisor.
 */
#pragma once

#include "lab/effects/effect.h"
#include "lab/mind.h"

/* the number under which a helper finds what it writes one byte to when it is
 * ready: a stream socket, so that an emulator's greeting is such a byte as well */
#define HELPER_READY_FD 3

typedef struct {
    const char *what;        /* `switch lan`, for messages */
    const char *program;     /* absolute path */
    const char *const *argv; /* with argv[0] */
    const char *log;         /* takes its standard error */
    const int *fds;          /* more descriptors, and their numbers from 4 up */
    const int *fd_numbers;
    guint n_fds;
    const RunAs *user;   /* as whom it runs; NULL = as we do */
    MindSpawnFunc again; /* NULL: one that ends while the lab is up stays ended */
} HelperSpec;

/**
 * helper_own_argv:
 * @words: (transfer none): the planned command line of a process that is roost
 *   itself under another name
 *
 * Returns: (transfer container): the same and where to tell that it is ready,
 * %NULL-terminated
 */
GPtrArray *helper_own_argv (char **words);

/**
 * helper_do:
 * @spec: not needed afterwards
 *
 * Starts the process of @step and ends @task when it is ready, or with the last
 * it said.
 */
void helper_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed,
                const HelperSpec *spec);

/**
 * helper_start:
 * @ready: where it tells that it is ready; -1 = nobody wants to know
 *
 * Starts the process of @step and waits for nothing.
 */
gboolean helper_start (EffectsContext *context, const Step *step, Executed *executed,
                       const HelperSpec *spec, int ready, GError **error);

/**
 * helper_adopt:
 * @again: as in #HelperSpec
 *
 * Minds a process that another supervisor has started.
 */
void helper_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed,
                   MindSpawnFunc again);

/**
 * helper_undo:
 * @clean: removes what the process leaves behind; called when it has ended
 */
void helper_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed,
                  void (*clean) (const Step *step));
