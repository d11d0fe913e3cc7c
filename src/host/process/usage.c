/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look at what processes take; see usage.h. */
#include "host/process/usage.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* fields of /proc/PID/stat behind the name, which may hold spaces and brackets */
enum { STAT_UTIME = 11, STAT_STIME = 12, STAT_START = 19, STAT_RSS = 21, STAT_FIELDS = 22 };

/* Returns: bytes; -1 when this kernel or this process does not tell */
static gint64
proportional_memory (gint64 pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/smaps_rollup", pid);
    g_autofree char *text = file_read_small (path);
    const char *line = text ? strstr (text, "\nPss:") : NULL;

    return line ? g_ascii_strtoll (line + strlen ("\nPss:"), NULL, 10) * 1024 : -1;
}

gboolean
process_usage (ProcessId id, ProcessUsage *ret)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", id.pid);
    g_autofree char *text = id.pid > 0 ? file_read_small (path) : NULL;
    char *after_name = text ? strrchr (text, ')') : NULL;
    g_auto (GStrv) fields = NULL;
    gint64 ticks = sysconf (_SC_CLK_TCK), numbers[STAT_FIELDS] = { 0 };
    struct timespec now;

    if (!after_name || after_name[1] != ' ')
        return FALSE;
    fields = g_strsplit (after_name + 2, " ", STAT_FIELDS + 1);
    for (guint i = 0; i < STAT_FIELDS; i++) {
        if (!fields[i])
            return FALSE;
        numbers[i] = g_ascii_strtoll (fields[i], NULL, 10);
    }
    if (numbers[STAT_START] != id.start_time || fields[0][0] == 'Z')
        return FALSE;
    clock_gettime (CLOCK_BOOTTIME, &now);
    ret->cpu_us = (numbers[STAT_UTIME] + numbers[STAT_STIME]) * G_USEC_PER_SEC / ticks;
    ret->up_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000 - numbers[STAT_START] * 1000 / ticks;
    ret->memory = proportional_memory (id.pid);
    if (ret->memory < 0)
        ret->memory = numbers[STAT_RSS] * sysconf (_SC_PAGESIZE);
    return TRUE;
}
