/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the supervisor process of a lab: one main loop around the running lab,
 * its control socket and the shared sockets of its machines.
 *
 * It is started by a client that holds the other end of descriptor 3 and is
 * its first control client: no path is polled, and an early end shows at once.
 * A state file that is there already is a lab whose supervisor died: it is
 * adopted before anybody is served.  The process ends when its lab is down and
 * everybody has been answered.
 */
#include "cli/supervise.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/verb.h"
#include "control/server.h"
#include "control/shared/shared.h"
#include "host/process/notify.h"
#include "host/socket.h"
#include "lab/registry.h"
#include "lab/remains.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_CLIENT_FD 3
#define FAREWELL_MS 2000

typedef struct {
    const char *lab_name;
    char *run_dir;
    char *program;
    GMainLoop *loop;
    LiveLab *lab;
    ControlServer *server;
    GHashTable *shared; /* machine name (not owned) → SharedSocket (owned) */
    int lock;
    int first_client; /* descriptor; -1 = none */
    guint farewell;   /* source: clients have been closed, the loop ends soon */
    guint leave_source;
    gboolean served; /* the first client has been let in */
} Supervisor;

char *
supervisor_log_path (const char *lab)
{
    g_autofree char *state = registry_state_dir (lab);

    return g_build_filename (state, "logs", "supervisor.log", NULL);
}

static char *
own_program (GError **error)
{
    return g_file_read_link ("/proc/self/exe", error);
}

int
supervisor_spawn (const char *lab, ProcessId *ret_id, GError **error)
{
    const char *argv[] = { "roost", "supervise", lab, NULL };
    g_autofree char *program = own_program (error), *log = supervisor_log_path (lab);
    g_autofree char *logs = g_path_get_dirname (log);
    int ends[2], number = FIRST_CLIENT_FD;
    ProcessSpec spec = { .program = program,
                         .argv = argv,
                         .fds = &ends[1],
                         .fd_numbers = &number,
                         .n_fds = 1,
                         .stderr_path = log,
                         .append = TRUE,
                         .whole_env = TRUE };
    gboolean spawned;

    if (!program || !file_keep_private_dir (logs, error)) {
        roost_error_reclass (error, ROOST_ERROR_HOST);
        return -1;
    }
    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "making a socket pair: %s",
                     g_strerror (errno));
        return -1;
    }
    spawned = process_spawn (&spec, ret_id, error);
    close (ends[1]);
    if (spawned)
        return ends[0];
    close (ends[0]);
    return -1;
}

/* --- the end --- */

static gboolean
leave (gpointer user_data)
{
    Supervisor *supervisor = user_data;

    supervisor->farewell = 0;
    g_main_loop_quit (supervisor->loop);
    return G_SOURCE_REMOVE;
}

/* The lab is down: what the supervisor itself has made goes as well, before
 * the last client is let go. */
static void
remove_traces (Supervisor *supervisor)
{
    const Plan *plan = live_lab_get_plan (supervisor->lab);

    /* those of a supervisor before us are not in the table */
    for (guint i = 0; plan && i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind != STEP_MACHINE)
            continue;
        socket_remove (step->machine->qmp);
        socket_remove (step->machine->qmp_ro);
    }
    g_hash_table_remove_all (supervisor->shared);
    control_server_stop_listening (supervisor->server);
    if (rmdir (supervisor->run_dir) == 0 || errno != ENOTEMPTY)
        return;
    /* sockets of steps that were undone while nothing could be removed here; for the
     * lock somebody may come first who brings the lab up again */
    auto_fd_close (g_steal_fd (&supervisor->lock));
    remains_remove (supervisor->run_dir);
}

/* Called whenever something may have been the last thing to do. */
static void
maybe_leave (ControlServer *server, gpointer user_data)
{
    Supervisor *supervisor = user_data;

    if (live_lab_get_state (supervisor->lab) != LAB_DOWN || !supervisor->served ||
        !control_server_is_idle (supervisor->server))
        return;
    if (supervisor->farewell) {
        if (control_server_n_clients (supervisor->server) == 0)
            g_main_loop_quit (supervisor->loop);
        return;
    }
    /* a client that has just connected to bring the lab up is waited for */
    if (!live_lab_get_plan (supervisor->lab) && control_server_n_clients (supervisor->server) > 0)
        return;
    remove_traces (supervisor);
    supervisor->farewell = g_timeout_add (FAREWELL_MS, leave, supervisor);
    control_server_close_clients (supervisor->server);
    if (control_server_n_clients (supervisor->server) == 0)
        g_main_loop_quit (supervisor->loop);
}

static gboolean
look_whether_to_leave (gpointer user_data)
{
    Supervisor *supervisor = user_data;

    supervisor->leave_source = 0;
    maybe_leave (supervisor->server, supervisor);
    return G_SOURCE_REMOVE;
}

/* --- events of the lab --- */

static void
on_event (LiveLab *lab, const char *name, JsonNode *data, gpointer user_data)
{
    Supervisor *supervisor = user_data;

    if (!supervisor->server)
        return;
    control_server_event (supervisor->server, name, data);
    /* a lab that goes down with nobody waiting for it ends no call */
    if (live_lab_get_state (lab) == LAB_DOWN && !supervisor->leave_source)
        supervisor->leave_source = g_idle_add (look_whether_to_leave, supervisor);
}

static void
on_connected (LiveLab *lab, LiveMachine *machine, gpointer user_data)
{
    Supervisor *supervisor = user_data;
    const MachineStep *record = live_machine_get_record (machine);
    SharedSocket *shared = g_hash_table_lookup (supervisor->shared, record->name);
    g_autofree char *name = g_strconcat (record->name, ".qmp.log", NULL);
    g_autofree char *transcript = g_build_filename (record->log_dir, name, NULL);
    g_autoptr (GError) error = NULL;

    if (!shared) {
        shared = shared_socket_new (record->qmp, record->qmp_ro, transcript, &error);
        if (!shared) {
            g_warning ("machine %s: its QMP socket is not shared: %s", record->name,
                       error->message);
            return;
        }
        g_hash_table_insert (supervisor->shared, record->name, shared);
    }
    shared_socket_set_upstream (shared, live_machine_get_qmp (machine));
}

static void
on_removed (LiveLab *lab, LiveMachine *machine, gpointer user_data)
{
    Supervisor *supervisor = user_data;
    const MachineStep *record = live_machine_get_record (machine);

    g_hash_table_remove (supervisor->shared, record->name);
    socket_remove (record->qmp);
    socket_remove (record->qmp_ro);
}

static void
on_ended (LiveLab *lab, LiveMachine *machine, gpointer user_data)
{
    Supervisor *supervisor = user_data;
    SharedSocket *shared =
        g_hash_table_lookup (supervisor->shared, live_machine_get_record (machine)->name);

    if (shared)
        shared_socket_flush (shared);
}

/* --- the beginning --- */

/* Whoever clears up behind the lab of before may remove the directory meanwhile. */
static gboolean
take_lock (Supervisor *supervisor, GError **error)
{
    g_autoptr (GError) problem = NULL;

    do {
        g_clear_error (&problem);
        if (!file_keep_private_dir (supervisor->run_dir, error)) {
            roost_error_reclass (error, ROOST_ERROR_HOST);
            return FALSE;
        }
        supervisor->lock = remains_lock (supervisor->run_dir, &problem);
    } while (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    if (supervisor->lock >= 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_AGAIN)
                     ? "lab %s has a supervisor already"
                     : "lab %s: its lock cannot be taken",
                 supervisor->lab_name);
    return FALSE;
}

/* The descriptor that whoever started us has left, when it is a socket. */
static void
let_first_client_in (Supervisor *supervisor)
{
    int type;
    socklen_t length = sizeof type;

    supervisor->served = TRUE;
    notify_manager ("READY=1");
    if (supervisor->first_client >= 0 &&
        getsockopt (supervisor->first_client, SOL_SOCKET, SO_TYPE, &type, &length) == 0) {
        fcntl (supervisor->first_client, F_SETFD, FD_CLOEXEC);
        control_server_add (supervisor->server, supervisor->first_client);
    }
    maybe_leave (supervisor->server, supervisor);
}

static void
adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    if (!live_lab_adopt_finish (NULL, result, &error))
        g_warning ("%s", error->message);
    let_first_client_in (user_data);
}

static gboolean
begin (Supervisor *supervisor, GError **error)
{
    static const LabHandlers handlers = { on_event, on_connected, on_ended, on_removed };
    g_autofree char *socket = g_build_filename (supervisor->run_dir, CONTROL_SOCKET, NULL);
    g_autoptr (GError) no_state = NULL;
    State *state;

    supervisor->program = own_program (error);
    if (!supervisor->program)
        return FALSE;
    if (!take_lock (supervisor, error))
        return FALSE;
    supervisor->lab =
        live_lab_new (supervisor->program, supervisor_effects (), &handlers, supervisor);
    supervisor->server =
        control_server_new (socket, supervisor->lab, maybe_leave, supervisor, error);
    if (!supervisor->server)
        return FALSE;
    state = state_load (supervisor->run_dir, &no_state);
    if (state) {
        live_lab_adopt_async (supervisor->lab, state, adopted, supervisor);
        return TRUE;
    }
    if (!g_error_matches (no_state, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_propagate_error (error, g_steal_pointer (&no_state));
        return FALSE;
    }
    let_first_client_in (supervisor);
    return TRUE;
}

static void
end (Supervisor *supervisor)
{
    if (supervisor->farewell)
        g_source_remove (supervisor->farewell);
    if (supervisor->leave_source)
        g_source_remove (supervisor->leave_source);
    g_hash_table_unref (supervisor->shared);
    control_server_free (supervisor->server);
    live_lab_free (supervisor->lab);
    auto_fd_close (supervisor->lock);
    g_main_loop_unref (supervisor->loop);
    g_free (supervisor->program);
    g_free (supervisor->run_dir);
}

/* SIGTERM ends the supervisor and leaves the machines: the next command on the
 * lab takes them over. */
static gboolean
on_term (gpointer user_data)
{
    g_main_loop_quit (((Supervisor *)user_data)->loop);
    return G_SOURCE_CONTINUE;
}

/* Each machine costs several descriptors, and a lab may have hundreds. */
static void
raise_limits (void)
{
    struct rlimit limit;

    if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit (RLIMIT_NOFILE, &limit);
    }
}

gboolean
supervisor_run (const char *lab, int first_client, GError **error)
{
    Supervisor supervisor = { .lab_name = lab,
                              .run_dir = dirs_lab_run (lab),
                              .loop = g_main_loop_new (NULL, FALSE),
                              .shared = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                               (GDestroyNotify)shared_socket_free),
                              .first_client = first_client,
                              .lock = -1 };
    guint term = g_unix_signal_add (SIGTERM, on_term, &supervisor);
    gboolean begun;

    signal (SIGPIPE, SIG_IGN);
    raise_limits ();
    process_keep_privilege ();
    begun = begin (&supervisor, error);
    if (begun)
        g_main_loop_run (supervisor.loop);
    end (&supervisor);
    g_source_remove (term);
    return begun;
}

gboolean
verb_supervise (Options *options, GError **error)
{
    return supervisor_run (options->argv[0], FIRST_CLIENT_FD, error);
}
