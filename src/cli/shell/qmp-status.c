/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the exit statuses of QMP commands. */
#include "cli/shell/qmp-status.h"

#include "base/error.h"
#include "qmp/qmp-error.h"

int
qmp_status_of (const GError *error)
{
    if (error->domain != QMP_ERROR)
        return roost_error_status (error);
    switch ((QmpErrorCode)error->code) {
    case QMP_ERROR_COMMAND_NOT_FOUND:
        return QMP_STATUS_COMMAND_NOT_FOUND;
    case QMP_ERROR_DEVICE_NOT_ACTIVE:
        return QMP_STATUS_DEVICE_NOT_ACTIVE;
    case QMP_ERROR_DEVICE_NOT_FOUND:
        return QMP_STATUS_DEVICE_NOT_FOUND;
    case QMP_ERROR_KVM_MISSING_CAP:
        return QMP_STATUS_KVM_MISSING_CAP;
    case QMP_ERROR_CLOSED:
        return QMP_STATUS_CLOSED;
    case QMP_ERROR_NO_REPLY:
        return ROOST_ERROR_TIMEOUT;
    case QMP_ERROR_GENERIC:
    case QMP_ERROR_PROTOCOL:
    case QMP_ERROR_TOO_LARGE:
        break;
    }
    return ROOST_ERROR_FAILED;
}

void
qmp_status_reclass (GError **error)
{
    int status = *error ? qmp_status_of (*error) : 0;
    const char *error_class = *error ? qmp_error_get_class (*error) : NULL;
    GError *told;

    if (!*error)
        return;
    told = error_class ? g_error_new (ROOST_ERROR, status, "%s: %s", error_class,
                                      qmp_error_get_description (*error))
                       : g_error_new_literal (ROOST_ERROR, status, (*error)->message);
    g_clear_error (error);
    *error = told;
}
