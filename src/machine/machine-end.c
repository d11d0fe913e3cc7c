/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the end of a machine's process: whether it was asked for, how it is told, and
 * what the emulator leaves behind and does not remove.
 */
#include "base/file.h"
#include "base/optread.h"
#include "base/text.h"
#include "host/socket.h"
#include "machine/diary.h"
#include "machine/machine-private.h"
#include "machine/once.h"
#include "machine/story.h"

#define STDERR_TAIL 4096

char *
machine_describe_end (LiveMachine *machine, const ProcessExit *exit)
{
    g_autofree char *how = process_describe_exit (exit);
    g_autofree char *tail = file_tail (machine->stderr_path, STDERR_TAIL);
    g_autofree char *last = text_last_line (tail);

    if (!*last)
        return g_strdup_printf ("%s and said nothing (log: %s)", how, machine->stderr_path);
    return g_strdup_printf ("%s: \"%s\" (log: %s)", how, last, machine->stderr_path);
}

void
machine_remove_link (GPtrArray *netdev)
{
    if (g_strcmp0 (opt_get (netdev, "local.type"), "unix") == 0)
        socket_remove (opt_get (netdev, "local.path"));
}

void
machine_remove_sockets (LiveMachine *machine)
{
    const MachineStep *record = machine->record;

    socket_remove (record->monitor);
    socket_remove (record->vnc);
    socket_remove (record->spice);
    for (gsize i = 0; record->channel_sockets && record->channel_sockets[i]; i++)
        socket_remove (record->channel_sockets[i]);
    for (gsize i = 0; record->serial_sockets && record->serial_sockets[i]; i++)
        socket_remove (record->serial_sockets[i]);
    for (gsize i = 0; record->argv[i] && record->argv[i + 1]; i++) {
        g_autoptr (GPtrArray) netdev =
            g_str_equal (record->argv[i], "-netdev") ? opt_read (record->argv[i + 1]) : NULL;

        if (netdev)
            machine_remove_link (netdev);
    }
}

/* The process has ended, and what it said last may not have been read yet: whether
 * somebody asked it to go. */
static void
hear_last_words (LiveMachine *machine)
{
    g_autoptr (QmpClient) qmp = machine->qmp ? g_object_ref (machine->qmp) : NULL;

    if (qmp)
        qmp_client_drain (qmp);
}

/* Of an end that another supervisor would have seen: by a signal that it obeyed, or
 * because somebody said quit. */
static gboolean
was_told_to_go (LiveMachine *machine)
{
    g_autofree char *reason = diary_reason (machine->record, "SHUTDOWN");

    return g_str_equal (reason, "host-signal") || g_str_equal (reason, "host-qmp-quit");
}

/* The end of the process is the end of the machine, whatever QMP said last. */
void
machine_process_ended (const ProcessExit *exit, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = machine_ref (user_data);
    gboolean clean = exit->known && exit->signal == 0 && exit->status == 0;
    g_autofree char *end = NULL;
    gboolean wanted;

    hear_last_words (machine);
    once_catch_up (machine);
    /* an emulator ends well only when it was told to; guests cannot end it */
    wanted = machine->stopping->len > 0 || machine->ended_by_request || clean ||
             (!exit->known && was_told_to_go (machine));
    g_clear_pointer (&machine->watch, process_watch_free);
    machine->process = (ProcessId){ 0 };
    machine_remove_sockets (machine);
    /* before the connection is dropped: its calls end then, and know less */
    if (machine->starting) {
        machine_start_failed (machine, exit);
    } else if (!wanted) {
        end = machine_describe_end (machine, exit);
        machine_happened (machine, HAPPENED_DEATH, end);
    } else if (machine->state != MACHINE_CRASHED) {
        machine_set_state (machine, MACHINE_STOPPED);
    }
    machine_drop_connection (machine);
    if (machine->handlers.ended)
        machine->handlers.ended (machine, machine->user_data);
    story_write (machine, exit);
    machine_stop_done (machine);
    if (machine->again)
        machine_begin_again (machine);
}
