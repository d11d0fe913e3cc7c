/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost exec: this process enters the network of a private lab and becomes the
 * command, whose exit status so is ours.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/common/network.h"
#include "cli/verb.h"
#include "plan/network/netns-step.h"

#include <errno.h>
#include <unistd.h>

/* as shells tell of a command that is not there, and of one that cannot be run */
#define STATUS_NOT_FOUND 127
#define STATUS_NOT_RUN 126

/* the lab's own Open vSwitch is the one that its tools mean in there */
static void
name_ovs (const char *lab)
{
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autofree char *ovs = g_build_filename (run_dir, NETNS_OVS_DIR, NULL);

    if (g_file_test (ovs, G_FILE_TEST_IS_DIR))
        g_setenv ("OVS_RUNDIR", ovs, TRUE);
}

gboolean
verb_exec (Options *options, GError **error)
{
    char **command = options->argv + 1;

    if (!name_is_valid (options->argv[0])) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not the name of a lab",
                     options->argv[0]);
        return FALSE;
    }
    if (!network_enter (options->argv[0], error))
        return FALSE;
    name_ovs (options->argv[0]);
    execvp (command[0], command);
    g_set_error (error, ROOST_ERROR, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN, "%s: %s",
                 command[0], g_strerror (errno));
    return FALSE;
}
