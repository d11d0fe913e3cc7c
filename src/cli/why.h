/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost log --why */
#pragma once

#include "cli/verb.h"

gboolean log_why (Options *options, GError **error);
