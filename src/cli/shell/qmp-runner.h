/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one line after the other: sends it as a command, or does what the shell
 * itself knows.
 */
#pragma once

#include "cli/shell/qmp-send.h"
#include "cli/shell/qmp-watch.h"

typedef struct QmpRunner QmpRunner;

/* @link, @watch: (transfer none): outlive the runner */
QmpRunner *qmp_runner_new (QmpLink *link, QmpWatch *watch, const QmpSenderOptions *options,
                           const QmpSenderHandlers *handlers, gpointer user_data);
void qmp_runner_free (QmpRunner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpRunner, qmp_runner_free)

/**
 * qmp_runner_run:
 * @text: a line with all that belongs to it; not while another one runs
 */
void qmp_runner_run (QmpRunner *runner, const char *text);

/**
 * qmp_runner_abandon:
 *
 * Waits no longer for the line that runs: its reply is told when it comes.
 */
void qmp_runner_abandon (QmpRunner *runner);

/* What happens meanwhile: an event came, the connection was lost. */
void qmp_runner_take_event (QmpRunner *runner, const QmpEvent *event);
void qmp_runner_take_loss (QmpRunner *runner);

/**
 * qmp_runner_is_open:
 *
 * Returns: whether @text needs more lines
 */
gboolean qmp_runner_is_open (const char *text);

/**
 * qmp_runner_warn:
 *
 * Returns: (transfer full) (nullable): what a person has to say yes to before
 * @text is run
 */
char *qmp_runner_warn (const char *text);

/**
 * qmp_runner_read:
 *
 * Fits #QmpLineRead: files for KEY=@FILE.
 */
char *qmp_runner_read (const char *path, GError **error);
