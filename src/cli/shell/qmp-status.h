/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exit statuses of QMP commands, beside those of base/error.h: one for each
 * class of error that a server sends.
 */
#pragma once

#include <glib.h>

enum {
    QMP_STATUS_COMMAND_NOT_FOUND = 10,
    QMP_STATUS_DEVICE_NOT_ACTIVE = 11,
    QMP_STATUS_DEVICE_NOT_FOUND = 12,
    QMP_STATUS_KVM_MISSING_CAP = 13,
    QMP_STATUS_CLOSED = 14, /* the connection ended before the reply */
};

#define QMP_STATUS_HELP                                                                            \
    "Exit status: 0 return; 1 GenericError, and all that is not listed here; 2 the command or "    \
    "its arguments are wrong; 6 no reply in time; 10 CommandNotFound; 11 DeviceNotActive; 12 "     \
    "DeviceNotFound; 13 KVMMissingCap; 14 the connection ended before the reply."

/**
 * qmp_status_of:
 *
 * Returns: the exit status for an error of a call
 */
int qmp_status_of (const GError *error);

/**
 * qmp_status_reclass:
 *
 * Makes @error one of the program, so that it ends with its status; the class
 * that the server sent stands before its text.
 */
void qmp_status_reclass (GError **error);
