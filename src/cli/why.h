/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost log --why */
#pragma once

#include "cli/verb.h"

/* Prints how the last starts of the machine ended that the arguments of `log` name. */
gboolean log_why (Options *options, GError **error);
