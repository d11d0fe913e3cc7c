/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the starting of programs: what they have open and what they see of our
 * environment; see process.h.
 */
#include "host/process/process.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/identity.h"
#include "host/process/marked.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a machine may see of our environment; everything else stays here. */
static const char *const passed_variables[] = { "PATH",         "HOME", "LANG",
                                                "TMPDIR",       "USER", "XDG_RUNTIME_DIR",
                                                "ASAN_OPTIONS", NULL };

/* and which of these another user has no use for */
static const char *const own_variables[] = { "HOME", "USER", "XDG_RUNTIME_DIR", NULL };

static GStrv
environment_for (const ProcessSpec *spec)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    if (spec->whole_env) /* but whose child we are is not whose that one is */
        return g_environ_unsetenv (g_get_environ (), MARKER_VARIABLE);
    if (spec->marker)
        g_strv_builder_add (builder, spec->marker);

    for (gsize i = 0; passed_variables[i]; i++) {
        const char *value = g_getenv (passed_variables[i]);

        if (spec->user && g_strv_contains (own_variables, passed_variables[i]))
            continue;
        if (value) {
            g_autofree char *entry = g_strconcat (passed_variables[i], "=", value, NULL);

            g_strv_builder_add (builder, entry);
        }
    }
    return g_strv_builder_end (builder);
}

/* A session of its own, no signal blocked and none ignored that we ignore. */
static void
init_attributes (posix_spawnattr_t *attributes)
{
    sigset_t none, defaults;

    sigemptyset (&none);
    sigemptyset (&defaults);
    sigaddset (&defaults, SIGPIPE);
    posix_spawnattr_init (attributes);
    posix_spawnattr_setsigmask (attributes, &none);
    posix_spawnattr_setsigdefault (attributes, &defaults);
    posix_spawnattr_setflags (attributes,
                              POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* The child's descriptors 0 to 2, as they are open here. */
typedef struct {
    int fds[3];
} Standard;

static void
standard_clear (Standard *standard)
{
    for (guint i = 0; i < G_N_ELEMENTS (standard->fds); i++)
        auto_fd_close (standard->fds[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Standard, standard_clear)

static int
open_output (const char *path, gboolean append)
{
    return open (path,
                 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (append ? 0 : O_TRUNC),
                 0600);
}

/* A pipe with all of @text in it, which ends after that. */
static int
open_text (const char *text)
{
    gsize length = strlen (text);
    int ends[2];
    gboolean whole;

    g_assert (length <= PIPE_BUF);
    if (pipe2 (ends, O_CLOEXEC) < 0)
        return -1;
    whole = write (ends[1], text, length) == (gssize)length;
    close (ends[1]);
    if (whole)
        return ends[0];
    close (ends[0]);
    return -1;
}

static gboolean
standard_open (Standard *standard, const ProcessSpec *spec, GError **error)
{
    const char *what = spec->stderr_path;

    standard->fds[STDERR_FILENO] = open_output (spec->stderr_path, spec->append);
    if (standard->fds[STDERR_FILENO] >= 0 && spec->stdout_path) {
        what = spec->stdout_path;
        standard->fds[STDOUT_FILENO] = open_output (spec->stdout_path, FALSE);
    } else if (standard->fds[STDERR_FILENO] >= 0) {
        standard->fds[STDOUT_FILENO] = fcntl (standard->fds[STDERR_FILENO], F_DUPFD_CLOEXEC, 0);
    }
    if (standard->fds[STDOUT_FILENO] >= 0)
        standard->fds[STDIN_FILENO] =
            spec->input ? open_text (spec->input) : open ("/dev/null", O_RDONLY | O_CLOEXEC);
    if (standard->fds[STDIN_FILENO] >= 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "opening log %s: %s", what,
                 g_strerror (errno));
    return FALSE;
}

static int
highest_number (const ProcessSpec *spec)
{
    int last = STDERR_FILENO;

    for (guint i = 0; i < spec->n_fds; i++)
        last = MAX (last, spec->fd_numbers[i]);
    return last;
}

/* What the child has open is exactly: what it may read, its logs, and what @spec
 * says under its numbers.  @fds: from lift_fds() */
static void
init_actions (posix_spawn_file_actions_t *actions, const ProcessSpec *spec, const int *fds)
{
    int last = highest_number (spec);

    posix_spawn_file_actions_init (actions);
    posix_spawn_file_actions_addchdir_np (actions, "/");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        posix_spawn_file_actions_adddup2 (actions, fds[spec->n_fds + (guint)fd], fd);
    for (int fd = STDERR_FILENO + 1; fd <= last; fd++)
        posix_spawn_file_actions_addclose (actions, fd);
    for (guint i = 0; i < spec->n_fds; i++)
        posix_spawn_file_actions_adddup2 (actions, fds[i], spec->fd_numbers[i]);
    posix_spawn_file_actions_addclosefrom_np (actions, last + 1);
}

/* Copies of @spec->fds, then of @standard, that are above every number that the
 * child wants. */
static gboolean
lift_fds (const ProcessSpec *spec, const Standard *standard, int *copies)
{
    guint n = spec->n_fds + G_N_ELEMENTS (standard->fds);
    int above = highest_number (spec) + 1;

    for (guint i = 0; i < n; i++) {
        int fd = i < spec->n_fds ? spec->fds[i] : standard->fds[i - spec->n_fds];

        copies[i] = fcntl (fd, F_DUPFD_CLOEXEC, above);
        if (copies[i] >= 0)
            continue;
        for (int problem = errno; i > 0; errno = problem)
            close (copies[--i]);
        return FALSE;
    }
    return TRUE;
}

/* What the child does of its own; only what is safe between fork() and execve().
 * @tell: takes the reason when there is no other program to become */
static void
become_program (const ProcessSpec *spec, const Identity *identity, char **envp, const int *fds,
                int tell)
{
    int last = highest_number (spec), problem;
    sigset_t none;

    setsid ();
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    signal (SIGPIPE, SIG_DFL);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2 (fds[spec->n_fds + (guint)fd], fd);
    for (int fd = STDERR_FILENO + 1; fd <= last; fd++)
        close (fd);
    for (guint i = 0; i < spec->n_fds; i++)
        dup2 (fds[i], spec->fd_numbers[i]);
    close_range ((guint)last + 1, ~0u, CLOSE_RANGE_CLOEXEC);
    if (identity_become (identity))
        execve (spec->program, (char *const *)spec->argv, envp);
    problem = errno;
    last = (int)write (tell, &problem, sizeof problem);
    _exit (127);
}

/* What posix_spawn() has no words for: the kernel ends the child when we end, and
 * the child is another user. */
static int
fork_program (const ProcessSpec *spec, char **envp, const int *fds, pid_t *ret_pid)
{
    pid_t parent = getpid (), pid;
    Identity identity;
    int ends[2], tell, problem;

    if (pipe2 (ends, O_CLOEXEC) < 0)
        return errno;
    tell = fcntl (ends[1], F_DUPFD_CLOEXEC, highest_number (spec) + 1);
    close (ends[1]);
    identity_init (&identity, spec->user);
    pid = tell < 0 ? -1 : fork ();
    if (pid == 0) {
        if (spec->bound)
            prctl (PR_SET_PDEATHSIG, SIGKILL);
        if ((spec->bound && getppid () != parent) || chdir ("/") < 0)
            _exit (127);
        become_program (spec, &identity, envp, fds, tell);
    }
    problem = pid < 0 ? errno : 0;
    identity_clear (&identity);
    if (tell >= 0)
        close (tell);
    if (pid > 0 && read (ends[0], &problem, sizeof problem) == sizeof problem)
        waitpid (pid, NULL, 0);
    close (ends[0]);
    *ret_pid = pid;
    return problem;
}

/* posix_spawn(), as fork() has to copy what it is about to throw away: with
 * many machines at once that is felt. */
static int
spawn_with (const ProcessSpec *spec, const Standard *standard, pid_t *ret_pid)
{
    g_auto (GStrv) envp = environment_for (spec);
    guint n = spec->n_fds + G_N_ELEMENTS (standard->fds);
    g_autofree int *fds = g_new (int, n);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    mode_t old_umask;
    int problem;

    if (!lift_fds (spec, standard, fds))
        return errno;
    init_attributes (&attributes);
    init_actions (&actions, spec, fds);
    old_umask = umask (077);
    problem = spec->bound || spec->user
                  ? fork_program (spec, envp, fds, ret_pid)
                  : posix_spawn (ret_pid, spec->program, &actions, &attributes,
                                 (char *const *)spec->argv, envp);
    umask (old_umask);
    posix_spawn_file_actions_destroy (&actions);
    posix_spawnattr_destroy (&attributes);
    for (guint i = 0; i < n; i++)
        close (fds[i]);
    return problem;
}

void
process_keep_privilege (void)
{
    prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

gboolean
process_spawn (const ProcessSpec *spec, ProcessId *ret_id, GError **error)
{
    g_auto (Standard) standard = { { -1, -1, -1 } };
    pid_t pid;
    int problem;

    if (!standard_open (&standard, spec, error))
        return FALSE;
    problem = spawn_with (spec, &standard, &pid);
    if (problem != 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "starting %s%s%s: %s", spec->program,
                     spec->user ? " as " : "", spec->user ? spec->user->name : "",
                     g_strerror (problem));
        return FALSE;
    }
    /* our own child: even when it has ended its record stays until we reap it */
    *ret_id = process_identify (pid);
    return TRUE;
}
