/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that outlive us: started in a session of their own, known by pid
 * and start time, watched through a pidfd.  The only place of the program that
 * spawns, signals or reaps.
 */
#pragma once

#include "plan/run-as.h"

#include <gio/gio.h>

/* A pid alone is recycled; with its start time it names one process for ever.
 * pid 0 = none. */
typedef struct {
    gint64 pid;
    gint64 start_time; /* clock ticks since boot, as in /proc/PID/stat */
} ProcessId;

typedef struct {
    gboolean known; /* FALSE when it was not our child: only its end is known */
    int status;     /* exit status, when @signal is 0 */
    int signal;     /* the signal that ended it, or 0 */
} ProcessExit;

typedef struct {
    const char *program;     /* absolute path */
    const char *const *argv; /* with argv[0] */
    const int *fds;          /* open descriptors of ours … */
    const int *fd_numbers;   /* … and the numbers under which the child finds them */
    guint n_fds;
    const char *stderr_path; /* 0600; takes standard output as well … */
    const char *stdout_path; /* … unless it has a file of its own; NULL */
    const char *input;       /* what it reads on standard input, at most 4 KiB; NULL = nothing */
    gboolean append;         /* keep what is in it */
    gboolean whole_env;      /* our own environment; otherwise a short list of it */
    gboolean bound;          /* dies with us, whatever we die of */
    const RunAs *user;       /* as whom it runs; NULL = as we do */
    const char *marker;      /* from marker_new(), in the environment as well; NULL = none */
} ProcessSpec;

typedef void (*ProcessExitFunc) (const ProcessExit *exit, gpointer user_data);
typedef struct ProcessWatch ProcessWatch;

/**
 * process_spawn:
 * @ret_id: (out): set on success only
 *
 * Starts a program in its own session, with an empty signal mask, umask 077,
 * the root folder as working directory and a short environment.  No shell.
 */
gboolean process_spawn (const ProcessSpec *spec, ProcessId *ret_id, GError **error);

/**
 * process_keep_privilege:
 *
 * Capabilities that an ordinary user's process was given stay its own: programs that it
 * starts do not have them.
 */
void process_keep_privilege (void);

/**
 * process_watch_new:
 * @callback: called once from the main loop when the process has ended, also
 *   when it had ended before
 *
 * Returns: (transfer full): the watch; freeing it forgets the process and does
 * nothing to it
 */
ProcessWatch *process_watch_new (ProcessId id, ProcessExitFunc callback, gpointer user_data);
void process_watch_free (ProcessWatch *watch);

/**
 * process_signal:
 *
 * Sends @signal to exactly the process that @id names; none to a process that
 * has taken over its pid.
 *
 * Returns: %FALSE when the process is gone
 */
gboolean process_signal (ProcessId id, int signal);

/**
 * process_is_alive:
 *
 * Returns: whether @id runs; a zombie does not
 */
gboolean process_is_alive (ProcessId id);

/**
 * process_shares_network:
 *
 * Returns: whether process @pid and this one are in the same network of the host;
 * %TRUE as well when that cannot be found out
 */
gboolean process_shares_network (gint64 pid);

/**
 * process_identify:
 *
 * Returns: the identity of the process that has @pid now; a start time of 0
 * when there is none
 */
ProcessId process_identify (gint64 pid);

/**
 * process_self:
 *
 * Returns: the identity of this process
 */
ProcessId process_self (void);

/**
 * process_describe_exit:
 *
 * Returns: (transfer full): `exited with status 1`, `was killed by signal 9 (Killed)`
 */
char *process_describe_exit (const ProcessExit *exit);

/**
 * process_command_name:
 *
 * Returns: (transfer full) (nullable): the command line of @pid, shortened, for messages
 */
char *process_command_name (gint64 pid);
