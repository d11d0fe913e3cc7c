/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line editor on the terminal that lives in the main loop: text can be shown
 * above the line that is being typed.
 */
#pragma once

#include <glib.h>

typedef struct Terminal Terminal;

typedef struct {
    /* @text: (nullable): what was typed; NULL at the end of the input */
    void (*line) (const char *text, gpointer user_data);
    /* Returns: (transfer full) (element-type QmpCandidate): what could stand at @cursor; they
     * replace what is between @ret_start and it.  @ret_waiting: terminal_retry() will be called */
    GPtrArray *(*complete) (const char *text, gsize cursor, gsize *ret_start, gboolean *ret_waiting,
                            gpointer user_data);
} TerminalHandlers;

/**
 * terminal_new:
 *
 * There can be one at a time.  Until terminal_ask() nothing is read.
 */
Terminal *terminal_new (const TerminalHandlers *handlers, gpointer user_data);
/* Gives the terminal back as it was. */
void terminal_free (Terminal *terminal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Terminal, terminal_free)

/**
 * terminal_ask:
 *
 * Shows @prompt, or changes the one that is shown, and reads one line.
 */
void terminal_ask (Terminal *terminal, const char *prompt);

/**
 * terminal_print:
 * @text: whole lines
 *
 * Shows @text above the line that is being typed.
 */
void terminal_print (Terminal *terminal, const char *text);

/* Throws away what was typed. */
void terminal_cancel (Terminal *terminal);

/* The window has another size. */
void terminal_resize (Terminal *terminal);

/* Completes what could not be completed when Tab was pressed, if nothing was
 * typed since. */
void terminal_retry (Terminal *terminal);

/* The entry is there when the user goes back in the history. */
void terminal_remember (Terminal *terminal, const char *text);
