/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way into networks of labs; see network.h. */
#include "cli/common/network.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "lab/state.h"
#include "plan/network/netns-step.h"

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

gboolean
network_is_private (const char *lab)
{
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autoptr (State) state = state_load (run_dir, NULL);

    return state && state_find (state, NETNS_STEP_ID);
}

/* Returns: a pidfd of the process that holds the network; -1 on error */
static int
open_holder (const char *lab, GError **error)
{
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autoptr (State) state = state_load (run_dir, NULL);
    const Executed *executed = state ? state_find (state, NETNS_STEP_ID) : NULL;
    g_auto (AutoFd) fd = -1;

    if (!executed) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     state ? "lab %s has no network of its own (isolation: private); run the "
                             "command without roost"
                           : "lab %s is not up",
                     lab);
        return -1;
    }
    /* looked at again when the pidfd is open: from then on the pid is pinned */
    fd = syscall (SYS_pidfd_open, (pid_t)executed->pid, 0);
    if (fd >= 0 && process_is_alive (executed_process (executed)))
        return g_steal_fd (&fd);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "lab %s: its network is gone: the process that held it has ended (see: roost "
                 "status %s)",
                 lab, lab);
    return -1;
}

gboolean
network_enter (const char *lab, GError **error)
{
    g_auto (AutoFd) holder = open_holder (lab, error);
    g_autofree char *folder = g_get_current_dir ();

    if (holder < 0)
        return FALSE;
    /* root holds labs without a user namespace of their own, and may enter at once */
    if ((setns (holder, CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) < 0 &&
         setns (holder, CLONE_NEWNET | CLONE_NEWNS) < 0)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "entering the network of lab %s: %s: use the user who brought it up", lab,
                     g_strerror (errno));
        return FALSE;
    }
    /* the mounts are others now, with the same paths */
    if (chdir (folder) < 0 && chdir ("/") < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "going to %s: %s", folder,
                     g_strerror (errno));
        return FALSE;
    }
    return TRUE;
}
