/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the world of the tests of the shell; see shell-world.h. */
#include "integration/shell-world.h"

#include "unit/folder.h"

#include <check.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* for one answer, on a loaded machine and under sanitizers */
#define DEADLINE_US (60 * G_USEC_PER_SEC)

World *
world_new (void)
{
    World *world = g_new0 (World, 1);

    world->dir = g_dir_make_tmp ("shell-XXXXXX", NULL);
    ck_assert_ptr_nonnull (world->dir);
    world->first = g_build_filename (world->dir, "first", NULL);
    world->second = g_build_filename (world->dir, "second", NULL);
    return world;
}

void
world_free (World *world)
{
    if (!world)
        return;
    world_stop (world);
    folder_remove (world->dir);
    g_free (world->dir);
    g_free (world->first);
    g_free (world->second);
    g_free (world);
}

static int
listen_at (const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_unlink (path);
    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq (listen (fd, 1), 0);
    return fd;
}

static void
start (World *world, const char *const *argv, gboolean two)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr (GError) error = NULL;

    g_subprocess_launcher_take_fd (launcher, listen_at (world->first), 3);
    if (two)
        g_subprocess_launcher_take_fd (launcher, listen_at (world->second), 4);
    world->server = g_subprocess_launcher_spawnv (launcher, argv, &error);
    ck_assert_msg (world->server != NULL, "%s", error ? error->message : "");
}

void
world_start (World *world)
{
    static const char *const argv[] = { EMULATOR,   "-machine",
                                        "none",     "-nodefaults",
                                        "-display", "none",
                                        "-chardev", "socket,id=a,fd=3,server=on,wait=off",
                                        "-mon",     "chardev=a,mode=control",
                                        "-chardev", "socket,id=b,fd=4,server=on,wait=off",
                                        "-mon",     "chardev=b,mode=control",
                                        NULL };

    start (world, argv, TRUE);
}

void
world_stop (World *world)
{
    if (!world->server)
        return;
    g_subprocess_force_exit (world->server);
    g_subprocess_wait (world->server, NULL, NULL);
    g_clear_object (&world->server);
}

World *
world_with_emulator (void)
{
    World *world = world_new ();

    world_start (world);
    return world;
}

/* Returns: (transfer full): the environment of `roost` */
static GStrv
environment (World *world)
{
    static const char *const roots[] = { "ROOST_RUN_DIR", "ROOST_STATE_DIR", "ROOST_CACHE_DIR" };
    g_autofree char *inputrc = g_build_filename (world->dir, "inputrc", NULL);
    GStrv env = g_get_environ ();

    ck_assert (g_file_set_contents (inputrc, "set enable-bracketed-paste off\n", -1, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS (roots); i++) {
        g_autofree char *path = g_build_filename (world->dir, roots[i], NULL);

        env = g_environ_setenv (env, roots[i], path, TRUE);
    }
    env = g_environ_setenv (env, "INPUTRC", inputrc, TRUE);
    env = g_environ_setenv (env, "TERM", "xterm", TRUE);
    env = g_environ_setenv (env, "LC_ALL", "C.UTF-8", TRUE);
    return env;
}

static GStrv
full_argv (const char *const *argv)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    g_strv_builder_add (builder, g_getenv ("ROOST"));
    for (gsize i = 0; argv[i]; i++)
        g_strv_builder_add (builder, argv[i]);
    return g_strv_builder_end (builder);
}

static GSubprocess *
spawn (World *world, const char *const *argv, GSubprocessFlags flags)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
    g_auto (GStrv) words = full_argv (argv), env = environment (world);
    g_autoptr (GError) error = NULL;
    GSubprocess *process;

    g_subprocess_launcher_set_environ (launcher, env);
    process = g_subprocess_launcher_spawnv (launcher, (const char *const *)words, &error);
    ck_assert_msg (process != NULL, "%s", error ? error->message : "");
    return process;
}

GSubprocess *
world_spawn (World *world, const char *const *argv)
{
    return spawn (world, argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
}

int
world_run (World *world, const char *const *argv, const char *input, char **ret_output,
           char **ret_errors)
{
    g_autoptr (GSubprocess) process =
        spawn (world, argv,
               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                   G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr (GError) error = NULL;
    g_autofree char *output = NULL, *errors = NULL;

    ck_assert_msg (g_subprocess_communicate_utf8 (process, input, NULL, &output, &errors, &error),
                   "%s", error ? error->message : "");
    if (ret_output)
        *ret_output = g_steal_pointer (&output);
    if (ret_errors)
        *ret_errors = g_steal_pointer (&errors);
    ck_assert (g_subprocess_get_if_exited (process));
    return g_subprocess_get_exit_status (process);
}

Terminal *
terminal_open (World *world, const char *const *argv)
{
    Terminal *terminal = g_new0 (Terminal, 1);
    g_auto (GStrv) words = full_argv (argv), env = environment (world);
    const struct winsize size = { 40, 120, 0, 0 };

    terminal->pid = forkpty (&terminal->fd, NULL, NULL, &size);
    ck_assert_int_ge (terminal->pid, 0);
    if (terminal->pid == 0) {
        execve (words[0], words, env);
        _exit (127);
    }
    terminal->output = g_string_new (NULL);
    return terminal;
}

/* Returns: FALSE at the end of the output, or at the deadline */
static gboolean
read_more (Terminal *terminal, gint64 deadline)
{
    struct pollfd ready = { terminal->fd, POLLIN, 0 };
    gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
    char block[4096];
    gssize n;

    if (left <= 0 || poll (&ready, 1, left) <= 0)
        return FALSE;
    n = read (terminal->fd, block, sizeof block);
    if (n > 0)
        g_string_append_len (terminal->output, block, n);
    return n > 0;
}

void
terminal_expect (Terminal *terminal, const char *text)
{
    gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
    const char *found;

    while (!(found = strstr (terminal->output->str + terminal->seen, text)))
        ck_assert_msg (read_more (terminal, deadline), "waited in vain for `%s`; shown: %s", text,
                       terminal->output->str + terminal->seen);
    terminal->seen = found + strlen (text) - terminal->output->str;
}

void
terminal_type (Terminal *terminal, const char *keys)
{
    ck_assert_int_eq (write (terminal->fd, keys, strlen (keys)), strlen (keys));
}

int
terminal_close (Terminal *terminal)
{
    gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
    int status;

    while (read_more (terminal, deadline))
        ;
    if (g_get_monotonic_time () >= deadline)
        kill (terminal->pid, SIGKILL);
    ck_assert_int_eq (waitpid (terminal->pid, &status, 0), terminal->pid);
    close (terminal->fd);
    g_string_free (terminal->output, TRUE);
    g_free (terminal);
    ck_assert_msg (WIFEXITED (status), "it ended with signal %d", WTERMSIG (status));
    return WEXITSTATUS (status);
}
