/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process takes of the host, as the kernel counts it. */
#pragma once

#include "host/process/process.h"

typedef struct {
    gint64 cpu_us; /* on all of its processors, since it began */
    gint64 memory; /* bytes; of what it shares with others its part, where that is told */
    gint64 up_ms;  /* since it began */
} ProcessUsage;

/**
 * process_usage:
 *
 * Returns: %FALSE when @id does not run, or is hidden from this user
 */
gboolean process_usage (ProcessId id, ProcessUsage *ret);
