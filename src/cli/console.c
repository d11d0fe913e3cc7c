/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost console: the terminal becomes a serial port of the machine.  Ctrl-]
 * ends it.  What the port says is logged all the same.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "cli/common/client.h"
#include "host/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>

#define ESCAPE 0x1d /* Ctrl-] */
#define PORTS_MAX 3
#define BLOCK_SIZE 4096

static gboolean
make_raw (struct termios *saved)
{
    struct termios raw;

    if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, saved) < 0)
        return FALSE;
    raw = *saved;
    cfmakeraw (&raw);
    return tcsetattr (STDIN_FILENO, TCSANOW, &raw) == 0;
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
    while (length > 0) {
        gssize n = write (fd, data, length);
        struct pollfd ready = { .fd = fd, .events = POLLOUT };

        if (n < 0 && errno == EAGAIN)
            poll (&ready, 1, -1);
        else if (n < 0 && errno != EINTR)
            return FALSE;
        if (n > 0) {
            data += n;
            length -= n;
        }
    }
    return TRUE;
}

/* Returns: FALSE when the escape key was seen, or nothing can be sent any more */
static gboolean
pass_input (int port, gboolean raw, gboolean *ret_end)
{
    char block[BLOCK_SIZE];
    gssize n = read (STDIN_FILENO, block, sizeof block);
    char *escape = raw && n > 0 ? memchr (block, ESCAPE, n) : NULL;

    *ret_end = n <= 0;
    if (n > 0 && !write_all (port, block, escape ? escape - block : n))
        return FALSE;
    return !escape;
}

static gboolean
pass_output (int port)
{
    char block[BLOCK_SIZE];
    gssize n = read (port, block, sizeof block);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return TRUE;
    return n > 0 && write_all (STDOUT_FILENO, block, n);
}

/* Input that ends (a pipe) does not end the conversation: the port does. */
static void
converse (int port, gboolean raw)
{
    struct pollfd fds[] = { { .fd = port, .events = POLLIN },
                            { .fd = STDIN_FILENO, .events = POLLIN } };
    gboolean end = FALSE;

    while (poll (fds, G_N_ELEMENTS (fds), -1) >= 0 || errno == EINTR) {
        if (fds[0].revents && !pass_output (port))
            return;
        if (fds[1].revents && !pass_input (port, raw, &end))
            return;
        if (end)
            fds[1].fd = -1;
    }
}

static int
open_port (Options *options, GError **error)
{
    const char *machine;
    g_autofree char *lab = lab_client_split_machine (options, options->argv[0], &machine, error);
    g_autofree char *run_dir = lab ? dirs_lab_run (lab) : NULL, *file = NULL, *path = NULL;
    gint64 number = 0;
    int fd;

    if (!lab)
        return -1;
    if (options->argc > 1 && !quantity_parse_int (options->argv[1], 0, PORTS_MAX, &number)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not a serial port (0 to %d)",
                     options->argv[1], PORTS_MAX);
        return -1;
    }
    file = g_strdup_printf ("%s.serial%d", machine, (int)number);
    path = g_build_filename (run_dir, file, NULL);
    fd = socket_connect (path, NULL);
    if (fd < 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "machine %s of lab %s: serial port %d cannot be attached to: the machine does "
                     "not run, has no such port, or somebody else is attached",
                     machine, lab, (int)number);
    return fd;
}

gboolean
verb_console (Options *options, GError **error)
{
    g_auto (AutoFd) port = open_port (options, error);
    struct termios saved;
    gboolean raw;

    if (port < 0)
        return FALSE;
    raw = make_raw (&saved);
    if (raw)
        fprintf (stderr, "attached; Ctrl-] ends\r\n");
    converse (port, raw);
    if (raw)
        tcsetattr (STDIN_FILENO, TCSANOW, &saved);
    return TRUE;
}
