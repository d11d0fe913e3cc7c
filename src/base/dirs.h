/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where labs live: one root for sockets and state, one for disks and logs. */
#pragma once

#include <glib.h>
#include <sys/un.h>

/* the longest path that a Unix socket address holds, without its NUL */
#define SOCKET_PATH_MAX (sizeof (((struct sockaddr_un *)0)->sun_path) - 1)

/**
 * dirs_run_root:
 *
 * Returns: (transfer full): $ROOST_RUN_DIR, else /run/roost for root, else
 * $XDG_RUNTIME_DIR/roost.  Gone after a reboot, as the machines are.
 */
char *dirs_run_root (void);

/**
 * dirs_state_root:
 *
 * Returns: (transfer full): $ROOST_STATE_DIR, else /var/lib/roost for root,
 * else $XDG_STATE_HOME/roost.  Survives a reboot.
 */
char *dirs_state_root (void);

/**
 * dirs_lab_run: (and dirs_lab_state)
 * @lab: a valid name
 *
 * Returns: (transfer full): the lab's own directory below the root
 */
char *dirs_lab_run (const char *lab);
char *dirs_lab_state (const char *lab);

/**
 * dirs_emulators:
 *
 * Returns: (transfer full): where emulators are that roost has built, below the
 * state root; no lab's name begins with a dot
 */
char *dirs_emulators (void);

/**
 * dirs_cache_root:
 *
 * Returns: (transfer full): where answers of emulators are kept; may be
 * deleted at any time
 */
char *dirs_cache_root (void);
