/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends one command at a time and shows what comes back. */
#pragma once

#include "cli/shell/qmp-line.h"
#include "cli/shell/qmp-link.h"

typedef struct QmpSender QmpSender;

typedef struct {
    /* @text: whole lines for standard output */
    void (*print) (const char *text, gpointer user_data);
    /* @text: one complaint without line end, for standard error */
    void (*complain) (const char *text, gpointer user_data);
    /* what was begun has ended; perhaps from within the function that began it */
    void (*done) (int status, gpointer user_data);
} QmpSenderHandlers;

typedef struct {
    gboolean terminal;  /* tell how long commands took */
    gboolean json;      /* results on one line, as they came */
    guint timeout_ms;   /* for one command; 0 = none */
    gboolean read_only; /* query-* only */
} QmpSenderOptions;

/* @link: (transfer none): outlives the sender */
QmpSender *qmp_sender_new (QmpLink *link, const QmpSenderOptions *options,
                           const QmpSenderHandlers *handlers, gpointer user_data);
/* Calls that have no reply yet are forgotten. */
void qmp_sender_free (QmpSender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpSender, qmp_sender_free)

/**
 * qmp_sender_send:
 * @line: (transfer full): is checked by the schema of the link.  When the link
 *   has none and the server refuses the command, the schema is asked for, to
 *   tell what is wrong, or to send bare words as the types that are wanted
 */
void qmp_sender_send (QmpSender *sender, QmpLine *line);

/* The same for a line of the human monitor; a text that is an error is a failure. */
void qmp_sender_send_hmp (QmpSender *sender, const char *text);

/**
 * qmp_sender_abandon:
 *
 * Waits no longer: the reply is told when it comes.
 *
 * Returns: whether something was waited for
 */
gboolean qmp_sender_abandon (QmpSender *sender);

/* Shows the JSON value @json as results are shown. */
void qmp_sender_print (QmpSender *sender, const char *json, gsize length);
