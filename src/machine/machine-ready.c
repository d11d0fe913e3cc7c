/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the readiness of a machine: what is waited for, and what of it has held.  That
 * outlives the supervisor (it is in the state), and goes into checkpoints together with
 * the end of what the guest had said: nobody says again what he said before.
 */
#include "machine/machine-private.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- what has held --- */

static gboolean
has_held (const LiveMachine *machine, const ConditionRecord *condition)
{
    g_autofree char *text = condition_text (condition);

    return g_ptr_array_find_with_equal_func (machine->held, text, g_str_equal, NULL);
}

static void
note_held (LiveMachine *machine, const ConditionRecord *condition)
{
    if (!has_held (machine, condition))
        g_ptr_array_add (machine->held, condition_text (condition));
}

gboolean
machine_has_held_all (const LiveMachine *machine)
{
    const ReadyRecord *ready = machine->record->ready;

    for (guint i = 0; ready && i < ready->conditions->len; i++)
        if (!has_held (machine, g_ptr_array_index (ready->conditions, i)))
            return FALSE;
    return TRUE;
}

GStrv
live_machine_get_held (LiveMachine *machine)
{
    g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

    for (guint i = 0; i < machine->held->len; i++)
        g_strv_builder_add (texts, g_ptr_array_index (machine->held, i));
    return machine->held->len > 0 ? g_strv_builder_end (texts) : NULL;
}

void
live_machine_set_held (LiveMachine *machine, GStrv held)
{
    g_ptr_array_set_size (machine->held, 0);
    for (gsize i = 0; held && held[i]; i++)
        g_ptr_array_add (machine->held, g_strdup (held[i]));
}

void
machine_forget_readiness (LiveMachine *machine)
{
    g_clear_pointer (&machine->ready, condition_set_free);
    g_ptr_array_set_size (machine->held, 0);
    machine->readiness = READY_UNWANTED;
}

/* --- waiting --- */

static void
one_holds (const ConditionRecord *condition, gpointer user_data)
{
    note_held (user_data, condition);
    live_machine_changed (user_data);
}

static void
is_ready (LiveMachine *machine)
{
    const ReadyRecord *ready = machine->record->ready;

    for (guint i = 0; ready && i < ready->conditions->len; i++)
        note_held (machine, g_ptr_array_index (ready->conditions, i));
    machine_set_readiness (machine, READY_YES);
}

static void
wait_over (const GError *failure, gpointer user_data)
{
    LiveMachine *machine = user_data;

    g_free (machine->unready);
    machine->unready = failure ? g_strdup (failure->message) : NULL;
    g_clear_pointer (&machine->ready, condition_set_free);
    if (failure)
        machine_set_readiness (machine, READY_TIMED_OUT);
    else
        is_ready (machine);
}

void
machine_begin_readiness (LiveMachine *machine)
{
    static const ConditionHandlers handlers = { one_holds, wait_over };
    g_autofree char *said = machine_said_path (machine);
    ConditionSite site = { machine->record, machine->qmp, machine->serial_offset, said,
                           machine->held };

    g_clear_pointer (&machine->ready, condition_set_free);
    if (machine->was_ready || machine_has_held_all (machine)) {
        machine->was_ready = FALSE;
        is_ready (machine);
        return;
    }
    machine_set_readiness (machine, READY_WAITING);
    machine->ready = condition_set_new (machine->record->ready, &site, &handlers, machine);
}

void
live_machine_wait_anew (LiveMachine *machine)
{
    if (machine->readiness == READY_WAITING)
        machine_begin_readiness (machine);
}

/* --- what it has said --- */

char *
machine_said_path (const LiveMachine *machine)
{
    g_autofree char *name = g_strconcat (machine->record->name, ".said", NULL);

    return g_build_filename (machine->record->log_dir, name, NULL);
}

static const char *
serial_log (const LiveMachine *machine)
{
    GStrv logs = machine->record->serial_logs;

    return logs ? logs[0] : NULL;
}

gint64
live_machine_get_serial_offset (LiveMachine *machine)
{
    return machine->serial_offset;
}

void
live_machine_set_serial_offset (LiveMachine *machine, gint64 offset)
{
    machine->serial_offset = offset;
}

void
live_machine_set_saved (LiveMachine *machine, const SavedMachine *saved)
{
    static const SavedMachine nothing;

    saved = saved ? saved : &nothing;
    g_free (machine->memory);
    g_free (machine->had_said);
    g_strfreev (machine->had_held);
    machine->memory = g_strdup (saved->memory);
    machine->was_ready = saved->ready;
    machine->had_held = g_strdupv (saved->held);
    machine->had_said = g_strdup (saved->said);
}

/* A copy, as the checkpoint may go before the machine does. */
static gboolean
take_said (LiveMachine *machine, GError **error)
{
    g_autofree char *said = machine_said_path (machine), *data = NULL;
    g_autofree char *from = g_steal_pointer (&machine->had_said);
    gsize length;

    unlink (said);
    if (!from)
        return TRUE;
    data = file_read (from, CONDITION_SERIAL_WINDOW, &length, error);
    return data && file_write_whole (said, data, length, 0600, error);
}

gboolean
machine_begin_saying (LiveMachine *machine, GError **error)
{
    const char *log = serial_log (machine);
    struct stat info;

    machine->serial_offset = log && stat (log, &info) == 0 ? info.st_size : 0;
    live_machine_set_held (machine, machine->had_held);
    g_clear_pointer (&machine->had_held, g_strfreev);
    if (!machine->memory) /* what was saved is for one start */
        machine->was_ready = FALSE;
    if (take_said (machine, error))
        return TRUE;
    roost_error_reclass (error, ROOST_ERROR_MACHINE);
    return FALSE;
}

/* The end of the file, of what comes after @offset. */
static void
add_tail (GString *text, const char *path, goffset offset)
{
    g_auto (AutoFd) fd = path ? open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    struct stat info;
    char block[4096];
    gssize n;

    if (fd < 0 || fstat (fd, &info) < 0)
        return;
    lseek (fd, MAX (offset, info.st_size - CONDITION_SERIAL_WINDOW), SEEK_SET);
    while ((n = read (fd, block, sizeof block)) > 0)
        g_string_append_len (text, block, n);
    if (text->len > CONDITION_SERIAL_WINDOW)
        g_string_erase (text, 0, (gssize)(text->len - CONDITION_SERIAL_WINDOW));
}

gboolean
live_machine_save_said (LiveMachine *machine, const char *path, gboolean *ret_said, GError **error)
{
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *before = machine_said_path (machine);

    add_tail (text, before, 0);
    add_tail (text, serial_log (machine), machine->serial_offset);
    *ret_said = text->len > 0;
    return !*ret_said || file_write_whole (path, text->str, text->len, 0600, error);
}
