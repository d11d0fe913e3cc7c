/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost start: machines that are stopped begin again. */
#include "cli/common/machines.h"

gboolean
verb_start (Options *options, GError **error)
{
    JsonObject *arguments = json_object_new ();

    json_object_set_boolean_member (arguments, "paused", options->paused);
    json_object_set_boolean_member (arguments, "once", options->once);
    json_object_set_boolean_member (arguments, "reset_vars", options->reset_vars);
    return machines_call (options, "machine-start", arguments, error) &&
           machines_wait (options, error);
}
