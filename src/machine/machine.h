/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One machine of a running lab: its process, its QMP connection and the state
 * that the two together say it is in.
 *
 *            start                       connected            cont
 *   STOPPED ───────► STARTING ─────────────────────► PAUSED ◄──────► RUNNING
 *      ▲                │ died                          │  stop          │
 *      │                ▼                               ▼                │ guest off,
 *      │  ◄────────  CRASHED  ◄──────── died ───────────┴────────────────┤ preserved
 *      │                                                                 ▼
 *      └──────────── STOPPING ◄──────── stop ─────────────────────── SHUTDOWN
 */
#pragma once

#include "host/process/process.h"
#include "plan/step.h"
#include "qmp/qmp-client.h"

typedef enum {
    MACHINE_STOPPED,
    MACHINE_STARTING, /* the emulator has been started and has not answered yet */
    MACHINE_PAUSED,
    MACHINE_RUNNING,
    MACHINE_SHUTDOWN, /* the guest is off, the emulator is kept */
    MACHINE_STOPPING,
    MACHINE_CRASHED, /* ended or hung without being asked to */
} MachineState;
extern const char *const machine_state_names[];

typedef enum {
    READY_UNWANTED, /* not running */
    READY_WAITING,
    READY_YES,
    READY_TIMED_OUT,
} Readiness;
extern const char *const readiness_names[];

typedef struct LiveMachine LiveMachine;

typedef struct {
    /* a process is about to be started: the record can be brought up to date */
    void (*starting) (MachineStep *record, gpointer user_data);
    /* state or readiness has changed, or a port became known */
    void (*changed) (LiveMachine *machine, gpointer user_data);
    /* a new connection to the emulator answers commands */
    void (*connected) (LiveMachine *machine, gpointer user_data);
    /* its process has ended: what is still to be written about it is written now */
    void (*ended) (LiveMachine *machine, gpointer user_data);
} MachineHandlers;

typedef struct {
    gboolean force; /* do not ask the guest first */
    guint grace_ms; /* how long the guest has to power off; 0 = the default */
} StopOptions;

/**
 * live_machine_new:
 * @record: (transfer none): outlives the machine
 * @run_dir: (transfer none): of the lab; outlives the machine
 */
LiveMachine *live_machine_new (MachineStep *record, const char *run_dir,
                               const MachineHandlers *handlers, gpointer user_data);

/**
 * live_machine_free:
 *
 * Lets go of the machine: its process runs on.
 */
void live_machine_free (LiveMachine *machine);

/**
 * live_machine_start_async:
 * @paused: leave the processors stopped
 *
 * Starts the emulator and waits until it answers QMP.  When it fails nothing
 * of it is left, and the error has what the emulator said last.
 */
void live_machine_start_async (LiveMachine *machine, gboolean paused, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean live_machine_start_finish (LiveMachine *machine, GAsyncResult *result, GError **error);

/* Where a machine goes on that was saved. */
typedef struct {
    const char *memory; /* what machine_memory_save_async() has written */
    gboolean ready;     /* it was ready then, and need not become so again */
    GStrv held;         /* else what of its `ready:` had held */
    const char *said;   /* what live_machine_save_said() has written; NULL = nothing */
} SavedMachine;

/**
 * live_machine_set_saved:
 * @saved: (nullable)
 *
 * The next start goes on from there, once.
 */
void live_machine_set_saved (LiveMachine *machine, const SavedMachine *saved);

/**
 * live_machine_save_said:
 * @path: a file that is not there
 * @ret_said: (out): whether it has said anything; without that there is no file
 *
 * Writes what the guest has said at its first serial port, as far back as a condition
 * looks.
 */
gboolean live_machine_save_said (LiveMachine *machine, const char *path, gboolean *ret_said,
                                 GError **error);

/**
 * live_machine_adopt_async:
 * @process: an emulator that another supervisor started
 * @paused: that start was to leave the processors stopped
 *
 * Takes over a machine that is alive: watches it and connects to its monitor.
 * One that has ended meanwhile has crashed.
 */
void live_machine_adopt_async (LiveMachine *machine, ProcessId process, gboolean paused,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean live_machine_adopt_finish (LiveMachine *machine, GAsyncResult *result, GError **error);

/**
 * live_machine_hold:
 * @process: an emulator whose start another supervisor has not seen end
 *
 * Takes it over only so far that it can be stopped.
 */
void live_machine_hold (LiveMachine *machine, ProcessId process);

/**
 * live_machine_stop_async:
 *
 * Power button, then quit, then SIGTERM, then SIGKILL, each with a deadline.
 * A machine that is stopped already is no error; several stops may wait for
 * the same end.
 */
void live_machine_stop_async (LiveMachine *machine, const StopOptions *options,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean live_machine_stop_finish (LiveMachine *machine, GAsyncResult *result, GError **error);

/**
 * live_machine_wait_async:
 * @wanted: (transfer full): what is waited for
 *
 * Ends when all of it holds; fails when the time is over, and when the machine
 * stops before.
 */
void live_machine_wait_async (LiveMachine *machine, ReadyRecord *wanted,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean live_machine_wait_finish (LiveMachine *machine, GAsyncResult *result, GError **error);

/**
 * live_machine_get_restarts: (and live_machine_set_restarts)
 *
 * Returns: (transfer full): when policies have begun it again, for the state and for
 * the supervisor that takes it over
 */
GStrv live_machine_get_restarts (LiveMachine *machine);
void live_machine_set_restarts (LiveMachine *machine, GStrv restarts);

/**
 * live_machine_get_held: (and live_machine_set_held)
 *
 * What of its `ready:` has held with this process, for the state, for the supervisor
 * that takes it over and for a checkpoint.
 *
 * Returns: (transfer full) (nullable): texts; %NULL when nothing has
 */
GStrv live_machine_get_held (LiveMachine *machine);
void live_machine_set_held (LiveMachine *machine, GStrv held);

/* Where in its serial log this process begins; bytes. */
gint64 live_machine_get_serial_offset (LiveMachine *machine);
void live_machine_set_serial_offset (LiveMachine *machine, gint64 offset);

/**
 * live_machine_changed:
 *
 * Tells the lab that something of the machine's record has changed and is to be kept.
 */
void live_machine_changed (LiveMachine *machine);

/**
 * live_machine_wait_anew:
 *
 * What makes the machine ready has changed in its record: while it is not ready yet,
 * that is what is waited for from now on.
 */
void live_machine_wait_anew (LiveMachine *machine);

/* What is known of it; strings are (transfer none). */
MachineStep *live_machine_get_record (LiveMachine *machine);
MachineState live_machine_get_state (LiveMachine *machine);
Readiness live_machine_get_readiness (LiveMachine *machine);
ProcessId live_machine_get_process (LiveMachine *machine);
gboolean live_machine_is_start_paused (LiveMachine *machine); /* its start leaves it paused */
gint64 live_machine_get_since (LiveMachine *machine);        /* real time of the last change, µs */
const char *live_machine_get_problem (LiveMachine *machine); /* why it crashed; NULL */
const char *live_machine_get_unready (LiveMachine *machine); /* why it timed out; NULL */

/**
 * live_machine_get_qmp:
 *
 * Returns: (transfer none) (nullable): the connection, while it answers commands
 */
QmpClient *live_machine_get_qmp (LiveMachine *machine);
