/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of the user's that runs in the foreground: it has our terminal,
 * folder, input and output, and a process group of its own, so that all of it
 * can be ended.
 */
#pragma once

#include <gio/gio.h>

typedef struct Foreground Foreground;

/* @status: exit status as a shell has it: 128 and the signal for one that was killed */
typedef void (*ForegroundFunc) (int status, gpointer user_data);

/**
 * foreground_start:
 * @argv: the program, looked up in PATH, and its arguments
 * @env: (transfer none): its whole environment
 * @callback: called once, from the main loop, when it has ended
 */
Foreground *foreground_start (const char *const *argv, const char *const *env,
                              ForegroundFunc callback, gpointer user_data, GError **error);

/* Sends @signal to the command and what it has started. */
void foreground_signal (Foreground *foreground, int signal);

/**
 * foreground_free:
 *
 * What is left of the group is killed, and the terminal is ours again.
 */
void foreground_free (Foreground *foreground);
