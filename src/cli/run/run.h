/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of `roost run`: run.c goes through the phases, run-watch.c ends them
 * early, and run-env.c, run-artifacts.c and run-junit.c show them to the command, to people and to
 * CI systems.
 */
#pragma once

#include "cli/common/client.h"
#include "host/process/foreground.h"
#include "plan/step.h"

/* In the order of time; each is a test case of the report. */
typedef enum { PHASE_PLAN, PHASE_UP, PHASE_READY, PHASE_COMMAND, PHASE_DOWN, N_PHASES } RunPhase;
extern const char *const run_phase_names[];

typedef struct {
    gint64 begun, ended; /* monotonic, µs; 0 = not */
    char *problem;       /* NULL */
} RunSpan;

/* What is known of one machine from events. */
typedef struct {
    const MachineStep *record;
    char *state;
    RunSpan start, ready;
} RunMachine;

#define RUN_WATCHES 4

typedef struct {
    Options *options;
    Plan *plan;        /* NULL before it is made */
    LabClient *client; /* NULL when there is no supervisor to ask */
    RunPhase phase;
    RunSpan spans[N_PHASES];
    GPtrArray *machines; /* RunMachine */
    gint64 started;      /* real time, µs */
    GError *failure;     /* roost's own, the first; NULL */
    gboolean lost;       /* the supervisor ended by itself */
    gboolean signalled;
    Foreground *command;
    gboolean command_ended;
    int command_status; /* valid once it has ended */
    guint kill_timer;
    guint watches[RUN_WATCHES]; /* sources; 0 = none */
    JsonNode *last_lab;         /* the answer to query-lab before it went down; NULL */
    GPtrArray *pictures;        /* file names of those that were taken */
} Run;

/* From now on signals and the time (0 = any) end the run. */
void run_watch_begin (Run *run, guint timeout_ms);
void run_watch_end (Run *run);

/* Listens to the supervisor. @client: (transfer full) (nullable) */
gboolean run_attach (Run *run, LabClient *client);
void run_detach (Run *run);

/**
 * run_environment:
 * @lab: the answer to query-lab
 *
 * Returns: (transfer full): our environment and what the command is told of the lab
 */
GStrv run_environment (const Run *run, JsonObject *lab);

/* Whether the whole of it went well. */
gboolean run_is_good (const Run *run);
/* Returns: (transfer full): how it ended, one sentence */
char *run_describe (const Run *run);

/**
 * run_collect_live:
 *
 * What only machines that run can tell: the state of the lab, and their screens
 * in @dir.
 */
void run_collect_live (Run *run, const char *dir);

/**
 * run_write_artifacts:
 *
 * Everything else, and the index of it all.
 */
gboolean run_write_artifacts (Run *run, const char *dir, GError **error);

/**
 * run_write_junit:
 *
 * A test suite with a case for each phase and two for each machine.
 */
gboolean run_write_junit (const Run *run, const char *path, GError **error);
