/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the shell: one session, and the way of its lines. */
#pragma once

#include "cli/shell/qmp-live.h"
#include "cli/shell/qmp-runner.h"
#include "cli/shell/shell.h"
#include "cli/shell/terminal.h"

#include <gio/gio.h>

typedef struct {
    QmpTarget *target;
    QmpLink *link;
    QmpWatch *watch;
    QmpRunner *runner;
    QmpLive *live;
    Terminal *terminal;      /* NULL: a script */
    GDataInputStream *input; /* of a script; NULL on a terminal */
    gboolean agent;
    GQueue lines;       /* read and not run yet */
    guint n_files;      /* that were read since a line was asked for */
    GString *pending;   /* lines of a command that is not whole yet */
    char *question;     /* the command that waits for a yes */
    gboolean connected; /* once */
    gboolean running, reading, ended;
    gboolean stepping; /* step() is on the stack */
    gboolean finished; /* leave the main loop */
    int status;
    GError *error; /* why there is no session */
} Shell;

/* Ends the session; the first status counts. */
void shell_finish (Shell *shell, int status);
/* Goes on as far as possible: runs the lines that are there, then asks for more. */
void shell_step (Shell *shell);
/* Shows the prompt that fits, on a terminal. */
void shell_ask (Shell *shell);

/* Handlers of the runner; @user_data is the session */
void shell_print (const char *text, gpointer user_data);
void shell_complain (const char *text, gpointer user_data);
void shell_done (int status, gpointer user_data);
