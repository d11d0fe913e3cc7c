/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the process of a machine is given when it is started: descriptors, the
 * log of its standard error, its marker. */
#include "base/file.h"
#include "host/process/marked.h"
#include "host/process/run-as.h"
#include "host/network/tap.h"
#include "machine/diary.h"
#include "machine/machine-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>

/* The log of the last start is kept beside the one that begins. */
static void
rotate_stderr (LiveMachine *machine)
{
    const MachineStep *record = machine->record;
    g_autofree char *name = g_strconcat (record->name, ".stderr.log", NULL);
    g_autofree char *older = NULL;

    g_free (machine->stderr_path);
    machine->stderr_path = g_build_filename (record->log_dir, name, NULL);
    older = g_strconcat (machine->stderr_path, ".1", NULL);
    g_rename (machine->stderr_path, older);
}

static void
close_fd (gpointer data)
{
    auto_fd_close (*(int *)data);
}

/* The descriptors that the emulator inherits, in the order of the plan; the first
 * is @listener, a copy of it. */
static GArray *
open_fds (const MachineStep *record, int listener, GError **error)
{
    g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

    g_array_set_clear_func (fds, close_fd);
    for (guint i = 0; i < record->fds->len; i++) {
        const FdRecord *fd = g_ptr_array_index (record->fds, i);
        int opened = fd->kind == FD_QMP_LISTENER ? fcntl (listener, F_DUPFD_CLOEXEC, 0)
                                                 : tap_open (fd, error);

        if (opened < 0)
            return NULL;
        g_array_append_val (fds, opened);
    }
    return g_steal_pointer (&fds);
}

/* With memory to load the emulator waits until it is told where that is.
 *
 * Returns: (transfer container): the words of the plan, and perhaps two more */
static const char **
make_argv (const LiveMachine *machine)
{
    GPtrArray *argv = g_ptr_array_new ();

    for (gsize i = 0; machine->record->argv[i]; i++)
        g_ptr_array_add (argv, machine->record->argv[i]);
    if (machine->memory) {
        g_ptr_array_add (argv, (gpointer) "-incoming");
        g_ptr_array_add (argv, (gpointer) "defer");
    }
    g_ptr_array_add (argv, NULL);
    return (const char **)g_ptr_array_free (argv, FALSE);
}

/* The logs that the emulator opens itself, in a directory where another user can make
 * none. */
static gboolean
make_logs (const MachineStep *record, GError **error)
{
    for (gsize i = 0; record->serial_logs && record->serial_logs[i]; i++)
        if (!run_as_make_file (record->user, record->serial_logs[i], error))
            return FALSE;
    return TRUE;
}

gboolean
machine_spawn (LiveMachine *machine, int listener, GError **error)
{
    const MachineStep *record = machine->record;
    g_autoptr (GArray) fds = open_fds (record, listener, error);
    g_autofree int *numbers = g_new (int, record->fds->len);
    g_autofree const char **argv = make_argv (machine);
    g_autofree char *step = g_strconcat ("machine:", record->name, NULL);
    g_autofree char *marker = marker_new (machine->run_dir, step);
    ProcessSpec spec = { .program = record->argv[0],
                         .argv = argv,
                         .fd_numbers = numbers,
                         .n_fds = record->fds->len,
                         .user = record->user,
                         .marker = marker };
    g_autofree char *diary = diary_path (record);

    if (!fds || !make_logs (record, error))
        return FALSE;
    spec.fds = (const int *)(gpointer)fds->data;
    for (guint i = 0; i < record->fds->len; i++)
        numbers[i] = (int)((const FdRecord *)g_ptr_array_index (record->fds, i))->fd;
    rotate_stderr (machine);
    spec.stderr_path = machine->stderr_path;
    spec.stdout_path = diary;
    spec.input = DIARY_INPUT;
    machine->started = g_get_real_time ();
    return process_spawn (&spec, &machine->process, error);
}
