/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the shell share: a private directory, a server that listens
 * on sockets of ours, `roost` at a pseudo-terminal or with pipes.
 */
#pragma once

#include <gio/gio.h>

#define EMULATOR "qemu-system-x86_64"
#define STORAGE_DAEMON "qemu-storage-daemon"
#define GUEST_AGENT "qemu-ga"

typedef struct {
    char *dir;    /* private; state and history are below it */
    char *first;  /* path of a monitor */
    char *second; /* another one of the same server */
    GSubprocess *server;
} World;

World *world_new (void);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Starts QEMU without a machine; both sockets listen when it returns. */
void world_start (World *world);
/* Kills the server; its sockets are left behind, as by a crash. */
void world_stop (World *world);
/* A running world with QEMU. */
World *world_with_emulator (void);

/* Runs `roost` to its end with @input; @argv without the program.  Returns: its exit status */
int world_run (World *world, const char *const *argv, const char *input, char **ret_output,
               char **ret_errors);
/* Starts `roost` and returns at once. */
GSubprocess *world_spawn (World *world, const char *const *argv);

/* `roost` at a pseudo-terminal. */
typedef struct {
    int fd;
    int pid;
    GString *output; /* all that was shown */
    gsize seen;      /* how much of it terminal_expect() has used */
} Terminal;

Terminal *terminal_open (World *world, const char *const *argv);
/* Wants it to end by itself. Returns: the exit status */
int terminal_close (Terminal *terminal);
void terminal_type (Terminal *terminal, const char *keys);
/* Waits until @text is shown after what was expected before. */
void terminal_expect (Terminal *terminal, const char *text);
