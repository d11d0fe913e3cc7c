/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the opening and closing of host ports of machines that run, one after the
 * other, and the way back.
 */
#include "lab/forward.h"
#include "lab/reconcile/reconcile-private.h"
#include "plan/qemu/hostfwd.h"

#include <string.h>

static void next_port (Reconcile *reconcile);
static void undo_next (Reconcile *reconcile);

void
port_free (gpointer data)
{
    Port *port = data;

    record_free (&forward_record, port->forward);
    g_free (port->machine);
    g_free (port);
}

static ForwardRecord *
copy_forward (const ForwardRecord *forward)
{
    g_autoptr (JsonNode) node = record_to_json (&forward_record, forward);

    return record_from_json (&forward_record, node, NULL);
}

static Port *
port_new (const char *machine, const ForwardRecord *forward)
{
    Port *port = g_new (Port, 1);

    *port = (Port){ g_strdup (machine), copy_forward (forward) };
    return port;
}

/* The command line follows, as it is what the next start goes by. */
static void
written_down (Reconcile *reconcile, const char *machine)
{
    LiveMachine *live = live_lab_find_machine (reconcile->lab, machine);

    hostfwd_rewrite (live_machine_get_record (live));
    state_plan_changed (reconcile->lab->state);
    lab_save_soon (reconcile->lab);
}

typedef struct {
    Reconcile *reconcile;
    Port *port;
    gboolean undoing;
} PortRun;

static void
port_changed (PortRun *run, GError *error)
{
    Reconcile *reconcile = run->reconcile;

    written_down (reconcile, run->port->machine);
    if (run->undoing) {
        port_free (run->port);
        if (error)
            g_warning ("%s", error->message);
        g_clear_error (&error);
        undo_next (reconcile);
    } else if (error) {
        port_free (run->port);
        reconcile_stage_done (reconcile, error);
    } else {
        g_ptr_array_add (reconcile->stage == STAGE_CLOSE ? reconcile->closed : reconcile->opened,
                         run->port);
        next_port (reconcile);
    }
    g_free (run);
}

static void
opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
    PortRun *run = user_data;
    GError *error = NULL;
    ForwardRecord *forward = forward_add_finish (result, &error);

    if (forward)
        forward->added = FALSE; /* it is the profile's: it does not end with the process */
    port_changed (run, error);
}

static void
closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;

    forward_remove_finish (result, &error);
    port_changed (user_data, error);
}

/* Takes @port. */
static void
change_port (Reconcile *reconcile, Port *port, gboolean open)
{
    LiveMachine *machine = live_lab_find_machine (reconcile->lab, port->machine);
    PortRun *run = g_new (PortRun, 1);

    *run = (PortRun){ reconcile, port, reconcile->undoing };
    if (open)
        forward_add_async (machine, copy_forward (port->forward), opened, run);
    else
        forward_remove_like_async (machine, port->forward, closed, run);
}

/* --- forwards --- */

static void
next_port (Reconcile *reconcile)
{
    gboolean open = reconcile->stage == STAGE_OPEN;

    while (!reconcile->failure && reconcile->next < reconcile->changes->len) {
        const Change *change = g_ptr_array_index (reconcile->changes, reconcile->next++);

        if (change->kind != (open ? CHANGE_FORWARD_ADD : CHANGE_FORWARD_REMOVE))
            continue;
        change_port (reconcile, port_new (change->step + strlen ("machine:"), change->forward),
                     open);
        return;
    }
    reconcile_stage_done (reconcile, NULL);
}

void
reconcile_close_ports (Reconcile *reconcile)
{
    reconcile->next = 0;
    next_port (reconcile);
}

void
reconcile_open_ports (Reconcile *reconcile)
{
    reconcile->next = 0;
    next_port (reconcile);
}

/* --- backwards --- */

static void
undo_next (Reconcile *reconcile)
{
    gboolean open = reconcile->stage == STAGE_CLOSE;
    GPtrArray *ports = open ? reconcile->closed : reconcile->opened;

    if (ports->len == 0)
        reconcile_stage_done (reconcile, NULL);
    else
        change_port (reconcile, g_ptr_array_steal_index (ports, ports->len - 1), open);
}

void
reconcile_undo_ports (Reconcile *reconcile)
{
    undo_next (reconcile);
}
