/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a machine whose guest or emulator has ended, by on_poweroff,
 * on_reboot and on_crash:
 *
 *                     destroy     preserve    restart
 *   powered off       quit        keep        again
 *   rebooted          quit        -           the emulator does it by itself
 *   crashed           quit        keep        again
 *   emulator died     nothing     nothing     a new process
 *
 * "Again" is a reset of the machine where its emulator takes a reset for one, and
 * a new process where it was told to stop at resets (on_reboot: destroy).
 *
 * A machine that had to be begun again three times within a minute is given up:
 * it is crashed then, and says so, also when supervisors die meanwhile.  The minute
 * is one of CLOCK_MONOTONIC, as all
 * deadlines of roost are: while the host is suspended nothing runs, so nothing
 * can be late, and setting the clock changes nothing.
 */
#pragma once

#include "machine/machine.h"

typedef enum {
    HAPPENED_POWEROFF, /* the guest has switched itself off */
    HAPPENED_REBOOT,   /* the guest has rebooted, and its emulator stopped there */
    HAPPENED_RESET,    /* somebody has reset it, and its emulator stopped there */
    HAPPENED_CRASH,    /* the guest panicked, or the emulator gave it up; the process lives */
    HAPPENED_DEATH,    /* the process has ended, and nobody had asked for that */
} Happening;

typedef enum {
    POLICY_NOTHING,
    POLICY_KEEP,    /* the guest is off, the process stays */
    POLICY_QUIT,    /* the process goes */
    POLICY_RESET,   /* reset and run */
    POLICY_REPLACE, /* the process goes, and a new one comes */
} PolicyAction;

#define POLICY_STARTS 3
#define POLICY_WINDOW_US (60 * G_USEC_PER_SEC)

/* the last times that a machine was begun again by a policy */
typedef struct {
    gint64 times[POLICY_STARTS]; /* CLOCK_MONOTONIC, µs; 0 = none */
    guint next;
} PolicyRate;

/**
 * policy_decide:
 *
 * Returns: what the policies of @record make of it
 */
PolicyAction policy_decide (const MachineStep *record, Happening what);

/**
 * policy_rate_take:
 * @now: g_get_monotonic_time()
 *
 * Returns: %FALSE when there were %POLICY_STARTS within the last minute already;
 * otherwise one more is counted
 */
gboolean policy_rate_take (PolicyRate *rate, gint64 now);

/**
 * policy_rate_save: (and policy_rate_load)
 *
 * Returns: (transfer full): the times as words, the oldest first, for a supervisor
 * that comes after this one
 */
GStrv policy_rate_save (const PolicyRate *rate);

/**
 * policy_rate_load:
 * @words: (nullable): from policy_rate_save()
 * @now: g_get_monotonic_time(); times after it are of before the host's last start,
 *   and count no more
 */
void policy_rate_load (PolicyRate *rate, GStrv words, gint64 now);
