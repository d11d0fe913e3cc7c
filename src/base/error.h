/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error domain of the program.  A code is also the exit status that a
 * command ends with, so that the class of a failure survives from the layer
 * that met it to the shell that asked.
 */
#pragma once

#include <glib.h>

typedef enum {
    ROOST_ERROR_FAILED = 1,  /* the operation failed */
    ROOST_ERROR_USAGE = 2,   /* the command line is wrong */
    ROOST_ERROR_PROFILE = 3, /* the profile is wrong */
    ROOST_ERROR_HOST = 4,    /* the host cannot: missing, taken, full */
    ROOST_ERROR_MACHINE = 5, /* a machine failed */
    ROOST_ERROR_TIMEOUT = 6, /* it did not happen in time */
} RoostErrorCode;

#define ROOST_ERROR (roost_error_quark ())

/**
 * roost_error_quark:
 *
 * Returns: the domain of #RoostErrorCode
 */
GQuark roost_error_quark (void);

/**
 * roost_error_status:
 * @error: (nullable): an error of any domain
 *
 * Returns: the exit status for @error: its code in our own domain, 1 for any
 * other domain, 0 for %NULL
 */
int roost_error_status (const GError *error);

/**
 * roost_error_class:
 * @code: a code of %ROOST_ERROR
 *
 * Returns: (transfer none): the name under which the control socket sends @code
 */
const char *roost_error_class (int code);

/**
 * roost_error_from_class:
 * @name: a class as the control socket sends it
 *
 * Returns: the code, %ROOST_ERROR_FAILED for a class that is not ours
 */
RoostErrorCode roost_error_from_class (const char *name);

/**
 * roost_error_reclass:
 * @error: (inout) (nullable): an error to be given a class, when it has none
 * @code: the class
 *
 * Turns an error of a foreign domain into one of ours with the same text; an
 * error that has a class of ours keeps it.
 */
void roost_error_reclass (GError **error, RoostErrorCode code);
