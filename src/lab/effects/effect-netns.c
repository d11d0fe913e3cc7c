/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is particular about the process that holds the network of a private
 * lab: its words, and the files of the Open vSwitch inside it.  The network itself
 * ends with that process and the machines, by the kernel's doing.
 */
#include "lab/effects/effect-helper.h"

#include "host/socket.h"
#include "plan/network/netns-step.h"

#include <glib/gstdio.h>

void
netns_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    g_autoptr (GPtrArray) argv = helper_own_argv (step->netns->argv);
    HelperSpec spec = { .what = "the lab's private network",
                        .program = context->program,
                        .argv = (const char *const *)argv->pdata,
                        .log = step->netns->log };

    helper_do (task, context, step, executed, &spec);
}

/* Databases, sockets and locks: all of them files in one folder of ours, whose
 * names are Open vSwitch's own. */
static void
remove_ovs_files (const char *path)
{
    GDir *dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *file = g_build_filename (path, name, NULL);

        g_unlink (file);
    }
    if (dir)
        g_dir_close (dir);
    g_rmdir (path);
}

static void
clean (const Step *step)
{
    g_autofree char *run_dir = g_path_get_dirname (step->netns->socket);
    g_autofree char *ovs = g_build_filename (run_dir, NETNS_OVS_DIR, NULL);

    socket_remove (step->netns->socket);
    remove_ovs_files (ovs);
}

void
netns_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    helper_undo (task, context, step, executed, clean);
}

/* What was in a network that is gone cannot be had back. */
void
netns_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    helper_adopt (task, context, step, executed, NULL);
}
