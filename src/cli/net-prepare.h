/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks that root makes beforehand, for the lab of a user without privilege. */
#pragma once

#include "cli/verb.h"

/* `roost net up -f FILE --owner USER` and `roost net down LAB` */
gboolean net_prepare (Options *options, GError **error);
gboolean net_unprepare (Options *options, GError **error);
