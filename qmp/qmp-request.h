/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes an input a command: the checks that QEMU makes before it looks for the command. */
#pragma once

#include "qmp/qmp-parser.h"
#include "qmp/qmp-session.h"

G_BEGIN_DECLS

#define QMP_CLASS_GENERIC "GenericError"
#define QMP_CLASS_NOT_FOUND "CommandNotFound"

/* Why an input is no command: a class and a description. */
typedef struct {
    const char *error_class; /* static */
    char *description;       /* owned; NULL when there is no fault */
} QmpFault;

/**
 * qmp_request_read:
 * @input: what the client sent; the members that the request needs are moved out of it
 * @oob: whether the client has negotiated out-of-band commands
 * @request: gets id, command, arguments and oob; also on a fault it gets the id, which the error
 *   carries
 * @fault: (out): what is wrong; @fault->description is %NULL when nothing is
 */
void qmp_request_read (QmpInput *input, gboolean oob, QmpRequest *request, QmpFault *fault);

/**
 * qmp_request_clear:
 *
 * Frees what @request has and closes its descriptors.
 */
void qmp_request_clear (QmpRequest *request);

/**
 * qmp_request_negotiate:
 * @request: a qmp_capabilities command
 * @done: whether the negotiation is complete already
 * @offer_oob: whether "oob" may be enabled
 * @oob: (inout): is set on success
 *
 * Returns: whether the command succeeds; else @fault says why not
 */
gboolean qmp_request_negotiate (const QmpRequest *request, gboolean done, gboolean offer_oob,
                                gboolean *oob, QmpFault *fault);

G_END_DECLS
