/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors of QMP: the class and description that a peer sent, and what can go wrong on the way. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define QMP_ERROR (qmp_error_quark ())
GQuark qmp_error_quark (void);

typedef enum {
    QMP_ERROR_GENERIC,           /* GenericError, and any class that is not known */
    QMP_ERROR_COMMAND_NOT_FOUND, /* CommandNotFound */
    QMP_ERROR_DEVICE_NOT_ACTIVE, /* DeviceNotActive */
    QMP_ERROR_DEVICE_NOT_FOUND,  /* DeviceNotFound */
    QMP_ERROR_KVM_MISSING_CAP,   /* KVMMissingCap */
    QMP_ERROR_PROTOCOL,          /* the peer does not speak QMP */
    QMP_ERROR_TOO_LARGE,         /* a message passed a limit */
    QMP_ERROR_NO_REPLY,          /* the deadline passed */
    QMP_ERROR_CLOSED,            /* the connection ended before the reply */
} QmpErrorCode;

/* Returns: (transfer none) (nullable): the class as the peer wrote it, NULL for an error that
 * was not sent by a peer */
const char *qmp_error_get_class (const GError *error);
/* Returns: (transfer none): the peer's description, or the message */
const char *qmp_error_get_description (const GError *error);

/**
 * qmp_error_new_reply:
 * @class_name: the class as a peer writes it; one that is not known is kept, with the code
 *   %QMP_ERROR_GENERIC
 *
 * Returns: (transfer full): the error of a reply
 */
GError *qmp_error_new_reply (const char *class_name, const char *description);

/**
 * qmp_error_new_from_json:
 * @json: the error member of a reply, @length bytes
 *
 * Returns: (transfer full): the error of a reply, or %QMP_ERROR_PROTOCOL when @json is none
 */
GError *qmp_error_new_from_json (const char *json, gsize length);

G_END_DECLS
