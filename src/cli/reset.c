/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost reset: the reset button of machines is pressed. */
#include "cli/common/machines.h"

gboolean
verb_reset (Options *options, GError **error)
{
    return machines_call (options, "machine-reset", NULL, error);
}
