/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost restart: stop, then start. */
#include "cli/common/machines.h"

gboolean
verb_restart (Options *options, GError **error)
{
    return machines_stop (options, error) &&
           machines_call (options, "machine-start", NULL, error) && machines_wait (options, error);
}
