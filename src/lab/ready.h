/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readiness without the guest's cooperation: a guest port that accepts, a line
 * on the serial port, or both.
 */
#pragma once

#include "plan/step.h"
#include "qmp/qmp-client.h"

typedef struct Ready Ready;

/* @timed_out: FALSE when every condition holds, TRUE when the time is over.  Called once. */
typedef void (*ReadyFunc) (gboolean timed_out, gpointer user_data);

/**
 * ready_new:
 * @record: (transfer none): a machine with a ready record
 * @qmp: (transfer none): its connection
 * @serial_offset: where in its serial log this start begins
 *
 * Returns: (transfer full): the wait; freeing it ends it without a call
 */
Ready *ready_new (const MachineStep *record, QmpClient *qmp, goffset serial_offset,
                  ReadyFunc callback, gpointer user_data);
void ready_free (Ready *ready);

/**
 * ready_find_forward:
 *
 * Returns: (transfer none) (nullable): the forward of @record that is called
 * @name or goes to guest port @name
 */
ForwardRecord *ready_find_forward (const MachineStep *record, const char *name);
