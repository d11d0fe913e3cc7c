/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user as whom the processes of a lab run, where it is not roost's own.  A
 * plan has numbers: whoever reads it needs no table of users.
 */
#pragma once

#include "base/record.h"

typedef struct {
    char *name; /* as the profile has it: `qemu`, `4711:4711`, for messages */
    gint64 uid;
    gint64 gid;
    GStrv groups; /* numbers of all others; may be NULL */
} RunAs;

extern const Record run_as_record;

/**
 * run_as_copy: (and run_as_free)
 * @user: (nullable)
 *
 * Returns: (transfer full) (nullable): the same, for a record of its own
 */
RunAs *run_as_copy (const RunAs *user);
/* whether processes of both have the same rights */
gboolean run_as_equal (const RunAs *a, const RunAs *b);
void run_as_free (RunAs *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RunAs, run_as_free)
