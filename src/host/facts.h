/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out what a plan must know of this host. */
#pragma once

#include "plan/facts.h"

/**
 * facts_probe:
 * @root: where /sys, /proc and /dev are looked for; NULL = /
 *
 * Returns: (transfer full): the facts of the host; emulators are added by
 * facts_add_emulator()
 */
HostFacts *facts_probe (const char *root);

/**
 * facts_add_emulator:
 * @name: a program name or an absolute path
 *
 * Looks @name up once: among the emulators that roost has built, then in PATH.
 *
 * Returns: (transfer none): its entry in @facts, with a NULL path when there is none
 */
EmulatorFacts *facts_add_emulator (HostFacts *facts, const char *name);

/**
 * facts_set_user:
 * @user: (nullable): as a profile says it
 *
 * What the host offers is from here on what it offers to that user.
 */
void facts_set_user (HostFacts *facts, const char *user);

/**
 * facts_free_memory:
 *
 * Returns: bytes that can be had without swapping; 0 when not known
 */
guint64 facts_free_memory (void);

/**
 * facts_process_memory:
 *
 * Returns: bytes that process @pid has in memory; 0 when not known
 */
guint64 facts_process_memory (gint64 pid);
