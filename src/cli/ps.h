/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost ps --usage */
#pragma once

#include "cli/verb.h"

/* Prints what the machines of labs take of the host. */
gboolean ps_usage (Options *options, GError **error);
