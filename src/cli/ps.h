/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost ps --usage */
#pragma once

#include "cli/verb.h"

gboolean ps_usage (Options *options, GError **error);
