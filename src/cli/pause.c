/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost pause: the processors of machines stop. */
#include "cli/common/machines.h"

gboolean
verb_pause (Options *options, GError **error)
{
    return machines_call (options, "machine-pause", NULL, error);
}
