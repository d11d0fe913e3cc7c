/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the names of the error classes; see error.h for what they mean. */
#include "base/error.h"

G_DEFINE_QUARK (roost - error - quark, roost_error)

static const char *const class_names[] = {
    [ROOST_ERROR_FAILED] = "OperationFailed", [ROOST_ERROR_USAGE] = "UsageError",
    [ROOST_ERROR_PROFILE] = "ProfileError",   [ROOST_ERROR_HOST] = "HostError",
    [ROOST_ERROR_MACHINE] = "MachineFailed",  [ROOST_ERROR_TIMEOUT] = "TimedOut",
};

int
roost_error_status (const GError *error)
{
    if (!error)
        return 0;
    return error->domain == ROOST_ERROR ? error->code : ROOST_ERROR_FAILED;
}

const char *
roost_error_class (int code)
{
    if (code < ROOST_ERROR_FAILED || code > ROOST_ERROR_TIMEOUT)
        code = ROOST_ERROR_FAILED;
    return class_names[code];
}

RoostErrorCode
roost_error_from_class (const char *name)
{
    for (int code = ROOST_ERROR_FAILED; code <= ROOST_ERROR_TIMEOUT; code++)
        if (g_strcmp0 (name, class_names[code]) == 0)
            return code;
    return ROOST_ERROR_FAILED;
}

void
roost_error_reclass (GError **error, RoostErrorCode code)
{
    if (!error || !*error || (*error)->domain == ROOST_ERROR)
        return;
    (*error)->domain = ROOST_ERROR;
    (*error)->code = code;
}
