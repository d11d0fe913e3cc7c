/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns what becomes of a client's input: which is answered here, with an error or in the
 * negotiation, and which is a command for the owner.  The form of a command is qmp-request's. */
#include <string.h>

#include "qmp/qmp-request.h"
#include "qmp/qmp-session-private.h"
#include "qmp/qmp-writer.h"

/* Limits on what the peer controls */
#define TURN_FILLS 4 /* reads in one turn of the main loop, so that other clients have theirs */

static gboolean
is_name (const char *command)
{
    return *command &&
           strspn (command, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               strlen (command);
}

static void
answer_fault (QmpSession *self, const QmpRequest *request, QmpFault *fault)
{
    self->stats.faults++;
    qmp_session_answer (self,
                        qmp_writer_error (fault->error_class, fault->description, request->id),
                        request->oob && self->oob);
    g_clear_pointer (&fault->description, g_free);
}

static void
negotiate (QmpSession *self, const QmpRequest *request)
{
    QmpFault fault;

    if (!qmp_request_negotiate (request, self->ready, self->offer_oob, &self->oob, &fault)) {
        answer_fault (self, request, &fault);
        return;
    }
    qmp_session_answer (self, qmp_writer_return ("{}", 2, request->id), FALSE);
    self->ready = TRUE;
    if (self->state == QMP_SESSION_OPEN && self->handlers.ready)
        self->handlers.ready (self, self->user_data);
}

/* Returns: whether the command is for the owner; else @fault says what to answer */
static gboolean
check_command (QmpSession *self, const QmpRequest *request, QmpFault *fault)
{
    fault->error_class = QMP_CLASS_NOT_FOUND;
    if (!self->ready) {
        fault->description = g_strdup ("Expecting capabilities negotiation with "
                                       "'qmp_capabilities'");
        return FALSE;
    }
    if (!is_name (request->command)) {
        fault->description =
            g_strdup_printf ("The command %s has not been found", request->command);
        return FALSE;
    }
    return TRUE;
}

/* @fds: owned */
static void
take_input (QmpSession *self, QmpInput *input, int *fds, guint n_fds)
{
    QmpRequest request = { .fds = fds, .n_fds = n_fds };
    QmpFault fault;

    qmp_request_read (input, self->oob, &request, &fault);
    if (fault.description) {
        answer_fault (self, &request, &fault);
    } else {
        self->stats.commands++;
        if (!strcmp (request.command, "qmp_capabilities"))
            negotiate (self, &request);
        else if (check_command (self, &request, &fault))
            qmp_session_hand_over (self, &request);
        else
            answer_fault (self, &request, &fault);
    }
    self->stats.fds_closed += request.n_fds;
    qmp_request_clear (&request);
}

static void
take_bytes (QmpSession *self)
{
    while (self->state == QMP_SESSION_OPEN && !qmp_session_is_paused (self)) {
        int *fds;
        guint n_fds;
        g_autoptr (QmpInput) input = qmp_intake_next (&self->intake, &fds, &n_fds);

        if (!input)
            return;
        take_input (self, input, fds, n_fds);
    }
}

/* The client has ended its direction: when it listens no more either, it is gone. */
static void
input_end (QmpSession *self)
{
    self->input_ended = TRUE;
    if (g_socket_condition_check (self->socket, G_IO_HUP) & G_IO_HUP)
        qmp_session_end (self, NULL);
}

void
qmp_session_read (QmpSession *self)
{
    for (int i = 0; i < TURN_FILLS; i++) {
        GError *error = NULL;

        take_bytes (self);
        if (self->state != QMP_SESSION_OPEN || qmp_session_is_paused (self) || self->input_ended)
            return;
        switch (qmp_intake_fill (&self->intake, &error)) {
        case QMP_INTAKE_BYTES:
            break;
        case QMP_INTAKE_EMPTY:
            return;
        case QMP_INTAKE_END:
            input_end (self);
            return;
        case QMP_INTAKE_FAILED:
            qmp_session_end_failed (self, error, "reading");
            return;
        }
    }
}
