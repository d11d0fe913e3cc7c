/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real QEMU, or its storage daemon, that listens on a socket of ours. */
#pragma once

#include <gio/gio.h>

#include "qmp/qmp-client.h"

typedef struct {
    char *dir;  /* private */
    char *path; /* the monitor */
    GSubprocess *process;
    gboolean exited;
} Process;

/* Starts @argv (without the monitor's options) with the listening socket as descriptor 3; a
 * client may connect at once. */
Process *process_start (const char *const *argv);
/* Only the directory; the monitor's path is in @path. */
Process *process_new (void);
/* Returns: a socket that listens there, for process_run() */
int process_listen (Process *self);
void process_run (Process *self, const char *const *argv, int fd3);
/* Kills it if it is still there, and removes the directory. */
void process_free (Process *self);
/* SIGSTOP, and waits until none of its threads runs. */
void process_stop (Process *self);
int process_get_pid (Process *self);

/* Returns: a client that is connected to @self and ready */
QmpClient *process_connect (Process *self, QmpClientFlags flags);

/* When @program is not installed: tells it in TAP. */
gboolean skip_without (const char *program);
