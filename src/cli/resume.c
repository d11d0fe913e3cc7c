/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost resume: paused machines go on. */
#include "cli/common/machines.h"

gboolean
verb_resume (Options *options, GError **error)
{
    return machines_call (options, "machine-resume", NULL, error);
}
