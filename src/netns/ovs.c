/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the processes of a private Open vSwitch, in this order:
 *   1. ovsdb-tool makes an empty database;
 *   2. ovsdb-server and ovs-vswitchd are started and stay;
 *   3. ovs-vsctl, which tries until the server answers, writes the first record.
 * Then it is ready.  The processes do not detach: they are ours, and the kernel
 * ends them when we end, however we do.
 */
#include "netns/ovs.h"

#include "base/error.h"
#include "host/process/marked.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum { CHILD_TOOL, CHILD_SERVER, CHILD_SWITCH, CHILD_FIRST, N_CHILDREN } Child;

static const char *const programs[N_CHILDREN] = { "ovsdb-tool", "ovsdb-server", "ovs-vswitchd",
                                                  "ovs-vsctl" };

struct Ovs {
    char *dir;
    OvsHandlers handlers;
    gpointer user_data;
    pid_t pids[N_CHILDREN]; /* 0 = does not run */
};

/* Users' PATH often lacks the folders where daemons are. */
static char *
find_program (const char *name, GError **error)
{
    static const char *const more[] = { "/usr/sbin", "/usr/local/sbin", "/sbin" };
    char *path = g_find_program_in_path (name);

    for (gsize i = 0; i < G_N_ELEMENTS (more) && !path; i++) {
        path = g_build_filename (more[i], name, NULL);
        if (access (path, X_OK) < 0)
            g_clear_pointer (&path, g_free);
    }
    if (!path)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "%s is not installed: install Open vSwitch (Debian: openvswitch-switch), or "
                     "use switches of type bridge",
                     name);
    return path;
}

static GStrv
environment (const Ovs *ovs)
{
    static const char *const folders[] = { "OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR",
                                           "OVS_SYSCONFDIR" };
    /* by the mark of the step only roost-net itself is to be found */
    GStrv list = g_environ_unsetenv (g_get_environ (), MARKER_VARIABLE);

    for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
        list = g_environ_setenv (list, folders[i], ovs->dir, TRUE);
    return list;
}

/* Between fork and exec only what is safe there. */
static void
become (const char *path, char **argv, char **envp, pid_t parent)
{
    sigset_t none;

    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    signal (SIGPIPE, SIG_DFL);
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    if (getppid () == parent) /* else it had died before that was set */
        execve (path, argv, envp);
    _exit (127);
}

static gboolean
start (Ovs *ovs, Child child, const char *const *words, GError **error)
{
    g_autofree char *path = find_program (programs[child], error);
    g_auto (GStrv) envp = path ? environment (ovs) : NULL;
    pid_t parent = getpid (), pid;

    if (!path)
        return FALSE;
    pid = fork ();
    if (pid == 0)
        become (path, (char **)words, envp, parent);
    if (pid < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "starting %s: %s", programs[child],
                     g_strerror (errno));
        return FALSE;
    }
    ovs->pids[child] = pid;
    return TRUE;
}

static gboolean
start_daemons (Ovs *ovs, GError **error)
{
    g_autofree char *remote = g_strdup_printf ("--remote=punix:%s/db.sock", ovs->dir);
    g_autofree char *database = g_build_filename (ovs->dir, "conf.db", NULL);
    g_autofree char *db = g_strdup_printf ("unix:%s/db.sock", ovs->dir);
    g_autofree char *said = g_strdup_printf ("--db=%s", db);
    const char *const server[] = { programs[CHILD_SERVER],
                                   "-vconsole:warn",
                                   "-vsyslog:off",
                                   "-vfile:off",
                                   remote,
                                   database,
                                   NULL };
    const char *const vswitch[] = { programs[CHILD_SWITCH],
                                    "-vconsole:warn",
                                    "-vsyslog:off",
                                    "-vfile:off",
                                    "--pidfile",
                                    db,
                                    NULL };
    const char *const first[] = { programs[CHILD_FIRST], "--timeout=20", said, "--retry",
                                  "--no-wait",           "init",         NULL };

    return start (ovs, CHILD_SERVER, server, error) && start (ovs, CHILD_SWITCH, vswitch, error) &&
           start (ovs, CHILD_FIRST, first, error);
}

Ovs *
ovs_new (const char *dir, const OvsHandlers *handlers, gpointer user_data, GError **error)
{
    Ovs *ovs = g_new0 (Ovs, 1);
    g_autofree char *database = g_build_filename (dir, "conf.db", NULL);
    const char *const words[] = { programs[CHILD_TOOL], "create", database, NULL };

    ovs->dir = g_strdup (dir);
    ovs->handlers = *handlers;
    ovs->user_data = user_data;
    if (g_mkdir (dir, 0700) < 0 && errno != EEXIST) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "making %s: %s", dir,
                     g_strerror (errno));
    } else {
        g_unlink (database);
        if (start (ovs, CHILD_TOOL, words, error))
            return ovs;
    }
    ovs_free (ovs);
    return NULL;
}

static void
fail (Ovs *ovs, Child child, int status)
{
    g_autofree char *why =
        WIFSIGNALED (status)
            ? g_strdup_printf ("%s was killed by signal %d", programs[child], WTERMSIG (status))
            : g_strdup_printf ("%s ended with status %d", programs[child], WEXITSTATUS (status));

    ovs->handlers.failed (why, ovs->user_data);
}

static void
child_ended (Ovs *ovs, Child child, int status)
{
    gboolean good = WIFEXITED (status) && WEXITSTATUS (status) == 0;
    g_autoptr (GError) error = NULL;

    ovs->pids[child] = 0;
    if (good && child == CHILD_TOOL && !start_daemons (ovs, &error))
        ovs->handlers.failed (error->message, ovs->user_data);
    else if (good && child == CHILD_FIRST)
        ovs->handlers.ready (ovs->user_data);
    else if (!good || child == CHILD_SERVER || child == CHILD_SWITCH)
        fail (ovs, child, status);
}

void
ovs_reap (Ovs *ovs)
{
    for (Child child = 0; child < N_CHILDREN; child++) {
        int status;

        if (ovs->pids[child] > 0 && waitpid (ovs->pids[child], &status, WNOHANG) > 0)
            child_ended (ovs, child, status);
    }
}

void
ovs_free (Ovs *ovs)
{
    if (!ovs)
        return;
    g_free (ovs->dir);
    g_free (ovs);
}
