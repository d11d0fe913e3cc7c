/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of LiveMachine, shared by machine.c (its state), machine-events.c and
 * machine-end.c (what changes it), machine-start.c, machine-adopt.c and machine-stop.c
 * (the sequences).
 */
#pragma once

#include "machine/conditions/condition.h"
#include "machine/machine.h"
#include "machine/policy.h"

#define MACHINE_COMMAND_MS (60 * 1000) /* for the answer to a QMP command */

typedef enum { STOP_NOT, STOP_POWERDOWN, STOP_QUIT, STOP_TERM, STOP_KILL } StopStage;

struct LiveMachine {
    MachineStep *record; /* not owned */
    const char *run_dir;
    MachineHandlers handlers;
    gpointer user_data;

    MachineState state;
    gint64 since;
    char *problem;

    ProcessId process;
    ProcessWatch *watch;       /* NULL when no process runs */
    QmpClient *qmp;            /* NULL when no process runs */
    gboolean stop_seen;        /* the last of STOP and RESUME was STOP */
    gboolean ended_by_request; /* somebody said quit, or a signal from the host */
    gboolean restored;         /* this start has gone on where a checkpoint was */
    gboolean again;            /* a new process as soon as this one is gone */
    PolicyRate rate;           /* how often that was so */
    char *stderr_path;
    guint n_events; /* that we have seen */
    gint64 started; /* real time of the start, µs; 0 = another supervisor's */

    char *memory;       /* the file that the next start goes on from; NULL */
    gboolean was_ready; /* and it is ready when it runs */
    GStrv had_held;     /* or else had this of what is waited for; NULL */
    char *had_said;     /* and the file with what it had said; NULL */
    GTask *starting;    /* the start or adoption under way; owned */
    gboolean start_paused;
    GPtrArray *stopping; /* owned GTask, all waiting for the same end */
    StopStage stop_stage;
    guint stop_timer;
    guint grace_ms;

    ConditionSet *ready; /* what is waited for until it is ready; NULL */
    GPtrArray *held;     /* texts of conditions that have held with this process; owned */
    Readiness readiness;
    char *unready;         /* what did not hold when the time was over; NULL */
    GPtrArray *waits;      /* MachineWait: live_machine_wait_async() */
    guint waits_source;    /* they are about to be told that the machine has gone */
    goffset serial_offset; /* where this start begins in the serial log */
    char *unplugging;      /* id of a device that the guest was asked to let go of; NULL */
    gboolean let_go;       /* live_machine_free() was called: late answers do nothing */
};

/* each call under way keeps the machine's memory */
LiveMachine *machine_ref (LiveMachine *machine);
void machine_unref (LiveMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LiveMachine, machine_unref)

void machine_set_state (LiveMachine *machine, MachineState state);
void machine_set_readiness (LiveMachine *machine, Readiness readiness);
void machine_set_problem (LiveMachine *machine, char *problem);
void machine_send (LiveMachine *machine, const char *command);
void machine_drop_connection (LiveMachine *machine);
/* machine-events.c */
void machine_watch_events (LiveMachine *machine);
/* the processors have stopped: finds out whether that was a crash */
void machine_stopped_by_itself (LiveMachine *machine);
/* @value: the answer to query-status */
void machine_apply_status (LiveMachine *machine, JsonNode *value);
/* Returns: (transfer full) (nullable): a text among the data of @event */
char *machine_event_text (const QmpEvent *event, const char *name);
/* machine-end.c: is told when the process has ended */
void machine_process_ended (const ProcessExit *exit, gpointer user_data);
/* says how the process ended, with the last line of its standard error */
char *machine_describe_end (LiveMachine *machine, const ProcessExit *exit);
void machine_remove_sockets (LiveMachine *machine);
/* the socket of a backend, which the emulator does not remove; @netdev: its options */
void machine_remove_link (GPtrArray *netdev);
/* machine-wait.c: the machine has stopped, in whatever way */
void machine_waits_end_soon (LiveMachine *machine);
void machine_waits_clear (LiveMachine *machine);
/* machine-ready.c: waits until it is ready, if anything is to be waited for */
void machine_begin_readiness (LiveMachine *machine);
/* machine-ready.c: whether all has held that is waited for */
gboolean machine_has_held_all (const LiveMachine *machine);
/* machine-ready.c: the machine is off, or will soon be: what has held does not any more */
void machine_forget_readiness (LiveMachine *machine);
/* machine-ready.c: what a new process says begins here, after what was said before the
 * save that it goes on from */
gboolean machine_begin_saying (LiveMachine *machine, GError **error);
/* machine-ready.c: Returns: (transfer full): the file with that */
char *machine_said_path (const LiveMachine *machine);
/* machine-start.c: ends the start or adoption under way; @error: (transfer full) (nullable) */
void machine_finish_start (LiveMachine *machine, GError *error);
/* machine-start.c: the last step of a start: the processors run, unless they are to stay */
void machine_continue (LiveMachine *machine);
/* machine-spawn.c: starts the process; @listener: of its monitor */
gboolean machine_spawn (LiveMachine *machine, int listener, GError **error);
/* machine-start.c: the start under way has failed because the process ended */
void machine_start_failed (LiveMachine *machine, const ProcessExit *exit);
/* policy.c: something ended; @problem says what, for a person */
void machine_happened (LiveMachine *machine, Happening what, const char *problem);
/* policy.c: the new process that @again asks for */
void machine_begin_again (LiveMachine *machine);
/* machine-stop.c: go on to the next harder way, or begin with a given one */
void machine_stop_at (LiveMachine *machine, StopStage stage);
void machine_stop_done (LiveMachine *machine);
