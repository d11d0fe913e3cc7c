/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost stop: machines are powered off, gently unless forced. */
#include "cli/common/machines.h"

gboolean
verb_stop (Options *options, GError **error)
{
    return machines_stop (options, error);
}
