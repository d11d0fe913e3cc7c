/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost whose supervisor breaks where it is told to: the effects are the real
 * ones with a fault around one step.  It is linked in place of
 * cli/supervise-effects.c, so that the program itself has no fault in it.
 *
 *   ROOST_FAULT="KIND:STEP..."  KIND is one of the words in kind_names; do- and
 *                          undo- say in which direction
 *   ROOST_FAULT_ONCE=FILE  FILE.0 is made when the first of these faults happens,
 *                          FILE.1 when the second does, and while it is there it does not
 *   ROOST_FAULT_FILL=NAME  files of that name grow until the disks are full that
 *                          labs run on and keep their state on, for `fill`
 */
#include "cli/supervise.h"

#include "base/error.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum {
    DO_FAIL,        /* says that it failed, and does nothing */
    DO_SPOIL,       /* does it, and says that it failed */
    DO_KILL_BEFORE, /* the supervisor kills itself */
    DO_KILL_DURING, /* when it has begun */
    DO_KILL_AMID,   /* some moment later */
    DO_KILL_AFTER,
    DO_KILL_PROCESS, /* kills what the step has started */
    DO_KILL_BOTH,    /* that and the supervisor, when the step is done */
    DO_FILL,
    DO_UNWRITABLE, /* the state cannot be written from now on */
    DO_READONLY,   /* nor anything else where the lab runs */
    UNDO_FAIL,
    UNDO_KILL_BEFORE,
    UNDO_KILL_DURING,
    UNDO_KILL_AMID,
    UNDO_KILL_AFTER,
    UNDO_KILL_PROCESS,
    UNDO_FILL,
    UNDO_UNWRITABLE,
    UNDO_READONLY,
    NO_FAULT,
} FaultKind;

static const char *const kind_names[] = {
    "do-fail",           "do-spoil",         "do-kill-before",  "do-kill-during",
    "do-kill-amid",      "do-kill-after",    "do-kill-process", "do-kill-both",
    "do-fill",           "do-unwritable",    "do-readonly",     "undo-fail",
    "undo-kill-before",  "undo-kill-during", "undo-kill-amid",  "undo-kill-after",
    "undo-kill-process", "undo-fill",        "undo-unwritable", "undo-readonly",
};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == NO_FAULT);

/* A step under way, between the walk and the real effect. */
typedef struct {
    FaultKind kind;
    Executed *executed;
    GAsyncReadyCallback callback;
    gpointer user_data;
} Pass;

/* Returns: whether it has not happened yet; from now on it has */
static gboolean
happens (gsize which)
{
    g_autofree char *path =
        g_strdup_printf ("%s.%" G_GSIZE_FORMAT, g_getenv ("ROOST_FAULT_ONCE"), which);
    int fd = open (path, O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        close (fd);
    return fd >= 0;
}

/* the fault that is wanted for @step; it happens now */
static FaultKind
fault_of (const Step *step, const char *direction)
{
    const char *said = g_getenv ("ROOST_FAULT");
    g_auto (GStrv) wanted = g_strsplit (said ? said : "", " ", -1);

    for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++) {
        g_autofree char *name = g_strconcat (kind_names[i], ":", step->id, NULL);

        for (gsize k = 0; g_str_has_prefix (name, direction) && wanted[k]; k++)
            if (g_str_equal (name, wanted[k]) && happens (k))
                return (FaultKind)i;
    }
    return NO_FAULT;
}

static void
die (void)
{
    kill (getpid (), SIGKILL);
}

static gboolean
die_now (gpointer user_data)
{
    die ();
    return G_SOURCE_REMOVE;
}

/* Most steps take longer than this. */
#define AMID_MAX_MS 40

static void
die_amid (void)
{
    g_timeout_add (g_random_int_range (1, AMID_MAX_MS), die_now, NULL);
}

static void
fill_disk (const char *root_variable)
{
    const char *root = g_getenv (root_variable), *name = g_getenv ("ROOST_FAULT_FILL");
    g_autofree char *path = root && name ? g_build_filename (root, name, NULL) : NULL;
    static const char zeros[4096];
    int fd = path ? open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

    while (fd >= 0 && write (fd, zeros, sizeof zeros) > 0)
        ;
    /* and what is left of the last block */
    while (fd >= 0 && write (fd, zeros, 1) > 0)
        ;
    if (fd >= 0)
        close (fd);
}

/* What is written goes through a file of this name first. */
static void
block_state (const EffectsContext *context)
{
    g_autofree char *path = g_build_filename (context->run_dir, STATE_FILE ".part", NULL);

    mkdir (path, 0700);
}

/* The root of the run directories is a mount of the test's; while a file in it is
 * open for writing the kernel refuses. */
static void
make_readonly (const EffectsContext *context)
{
    if (mount (NULL, g_getenv ("ROOST_RUN_DIR"), NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
        block_state (context);
}

/* What the host suffers, in either direction. */
static void
spoil_host (FaultKind kind, const EffectsContext *context)
{
    if (kind == DO_FILL || kind == UNDO_FILL) {
        fill_disk ("ROOST_RUN_DIR");
        fill_disk ("ROOST_STATE_DIR");
    }
    if (kind == DO_UNWRITABLE || kind == UNDO_UNWRITABLE)
        block_state (context);
    if (kind == DO_READONLY || kind == UNDO_READONLY)
        make_readonly (context);
}

static void
kill_process (const Executed *executed)
{
    if (executed->pid > 0)
        kill ((pid_t)executed->pid, SIGKILL);
}

static gboolean
fail_later (gpointer user_data)
{
    g_autoptr (GTask) task = user_data;

    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "the fault that was wanted");
    return G_SOURCE_REMOVE;
}

static void
fail (GAsyncReadyCallback callback, gpointer user_data)
{
    g_idle_add (fail_later, g_task_new (NULL, NULL, callback, user_data));
}

static void
passed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autofree Pass *pass = user_data;

    if (pass->kind == DO_KILL_BOTH)
        kill_process (pass->executed);
    if (pass->kind == DO_KILL_AFTER || pass->kind == DO_KILL_BOTH || pass->kind == UNDO_KILL_AFTER)
        die ();
    if (pass->kind == DO_SPOIL) {
        g_autofree char *note = NULL;

        real_effects.finish (result, &note, NULL);
        fail (pass->callback, pass->user_data);
    } else {
        pass->callback (source, result, pass->user_data);
    }
}

static Pass *
pass_new (FaultKind kind, Executed *executed, GAsyncReadyCallback callback, gpointer user_data)
{
    Pass *pass = g_new (Pass, 1);

    *pass = (Pass){ kind, executed, callback, user_data };
    return pass;
}

static void
do_async (EffectsContext *context, const Step *step, Executed *executed,
          GAsyncReadyCallback callback, gpointer user_data)
{
    FaultKind kind = fault_of (step, "do-");

    if (kind == DO_KILL_BEFORE)
        die ();
    spoil_host (kind, context);
    if (kind == DO_FAIL) {
        fail (callback, user_data);
        return;
    }
    real_effects.do_async (context, step, executed, passed,
                           pass_new (kind, executed, callback, user_data));
    if (kind == DO_KILL_DURING)
        die ();
    if (kind == DO_KILL_AMID)
        die_amid ();
    if (kind == DO_KILL_PROCESS)
        kill_process (executed);
}

static void
undo_async (EffectsContext *context, const Step *step, Executed *executed,
            GAsyncReadyCallback callback, gpointer user_data)
{
    FaultKind kind = fault_of (step, "undo-");

    if (kind == UNDO_KILL_BEFORE)
        die ();
    if (kind == UNDO_KILL_PROCESS)
        kill_process (executed);
    spoil_host (kind, context);
    if (kind == UNDO_FAIL) {
        fail (callback, user_data);
        return;
    }
    real_effects.undo_async (context, step, executed, passed,
                             pass_new (kind, executed, callback, user_data));
    if (kind == UNDO_KILL_DURING)
        die ();
    if (kind == UNDO_KILL_AMID)
        die_amid ();
}

static void
prepare (EffectsContext *context, const Step *step, Executed *executed)
{
    real_effects.prepare (context, step, executed);
}

static void
adopt_async (EffectsContext *context, const Step *step, Executed *executed,
             GAsyncReadyCallback callback, gpointer user_data)
{
    real_effects.adopt_async (context, step, executed, callback, user_data);
}

static gboolean
finish (GAsyncResult *result, char **ret_note, GError **error)
{
    return real_effects.finish (result, ret_note, error);
}

const Effects *
supervisor_effects (void)
{
    static const Effects faulty = { prepare, do_async, undo_async, adopt_async, finish };

    return &faulty;
}
