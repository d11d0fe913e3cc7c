/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that have no library (qemu-img): run with an argv array, a deadline
 * and their standard error kept.
 */
#pragma once

#include "plan/run-as.h"

#include <gio/gio.h>

/**
 * command_run_async:
 * @argv: the program, looked up in PATH, and its arguments
 * @timeout_ms: after that long the program is killed
 */
void command_run_async (const char *const *argv, guint timeout_ms, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);

/* @text: some of its standard output, as it came */
typedef void (*CommandOutputFunc) (const char *text, gpointer user_data);

/**
 * command_watch_async:
 * @timeout_ms: after that long without a word on standard output it is killed
 * @output: (nullable): is told what it says while it runs
 *
 * The same for programs that take their time and tell how far they are.
 * command_run_finish() then returns an empty string.
 */
void command_watch_async (const char *const *argv, guint timeout_ms, CommandOutputFunc output,
                          gpointer output_data, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * command_run_as_async:
 * @user: (nullable) (transfer none): as whom; %NULL = as ourselves
 * @fd: (transfer full): a descriptor that the program has as %COMMAND_FD; -1 = none
 * @output: (nullable): as for command_watch_async(), which this is then
 */
#define COMMAND_FD 3
void command_run_as_async (const RunAs *user, int fd, const char *const *argv, guint timeout_ms,
                           CommandOutputFunc output, gpointer output_data,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);

/**
 * command_run_finish:
 *
 * Returns: (transfer full): standard output, valid UTF-8; %NULL when the
 * program is missing, failed or took too long: then @error has the last lines
 * of its standard error
 */
char *command_run_finish (GAsyncResult *result, GError **error);

/**
 * command_die_with_parent:
 * @parent_pid: the pid of this process, as a pointer
 *
 * For the child, before it becomes another program: it does not outlive us.
 */
void command_die_with_parent (gpointer parent_pid);

/**
 * command_failure:
 * @process: which has ended
 * @output: (nullable): what it said; the last lines become part of the sentence
 *
 * Returns: (transfer full): how it has failed
 */
GError *command_failure (GSubprocess *process, const char *name, const char *output);
