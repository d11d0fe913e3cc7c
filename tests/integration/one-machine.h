/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One machine planned and given to the real emulator: a private directory, the
 * files that earlier steps would have made, and QMP on descriptor 3.
 */
#pragma once

#include "unit/make-lab.h"

#include "base/file.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define EMULATOR "qemu-system-x86_64"

/* for one answer of the emulator, on a loaded machine and under ASan */
#define ANSWER_SECONDS 60
#define LINE_MAX_BYTES (1024 * 1024)
#define DISK_BYTES (1024 * 1024)

/* One lab with one machine and the private directory that it lives in. */
typedef struct {
    char *dir;
    char *run_root;
    char *state_root;
    Lab *lab;
    Machine *machine;
    HostFacts *facts;
} Case;

static inline Case *
case_new (const char *type)
{
    g_autoptr (GError) error = NULL;
    Case *c = g_new0 (Case, 1);
    EmulatorFacts *emulator;

    c->dir = g_dir_make_tmp ("roost-XXXXXX", &error);
    ck_assert_msg (c->dir != NULL, "%s", error ? error->message : "");
    c->run_root = g_build_filename (c->dir, "run", NULL);
    c->state_root = g_build_filename (c->dir, "state", NULL);
    c->lab = make_lab ();
    c->machine = add_machine (c->lab, "m");
    set (&c->machine->machine, type);
    c->facts = make_facts (FALSE);
    emulator = g_ptr_array_index (c->facts->emulators, 0);
    g_free (emulator->path);
    emulator->path = g_find_program_in_path (EMULATOR);
    return c;
}

static inline void
remove_tree (const char *path)
{
    g_autoptr (GDir) dir =
        g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *child = g_build_filename (path, name, NULL);

        remove_tree (child);
    }
    g_remove (path);
}

static inline void
case_free (Case *c)
{
    remove_tree (c->dir);
    g_free (c->dir);
    g_free (c->run_root);
    g_free (c->state_root);
    lab_free (c->lab);
    host_facts_free (c->facts);
    g_free (c);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

static inline Plan *
case_plan (Case *c)
{
    const PlanOptions options = { c->run_root, c->state_root, FALSE };
    g_autoptr (DiagList) diags = diag_list_new ();
    Plan *plan = plan_build (c->lab, c->facts, &options, diags);
    g_autofree char *text = diag_list_format (diags);

    ck_assert_msg (plan != NULL, "%s", text);
    return plan;
}

/* what the steps before the machine's would have made */
static inline void
prepare (const Plan *plan, const MachineStep *step)
{
    g_autoptr (GError) error = NULL;

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *each = g_ptr_array_index (plan->steps, i);

        if (each->directory)
            ck_assert_msg (file_make_private_dir (each->directory->path, &error), "%s",
                           error ? error->message : "");
    }
    for (guint i = 0; i < step->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (step->disks, i);

        if (!disk->path)
            continue;
        ck_assert_msg (g_file_set_contents (disk->path, "", 0, &error), "%s",
                       error ? error->message : "");
        ck_assert_int_eq (truncate (disk->path, DISK_BYTES), 0);
    }
}

static inline int
open_socket (const char *path, gboolean listening)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval deadline = { .tv_sec = ANSWER_SECONDS };
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge (fd, 0);
    ck_assert_uint_lt (strlen (path), sizeof address.sun_path);
    strcpy (address.sun_path, path);
    if (listening) {
        ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
        ck_assert_int_eq (listen (fd, 1), 0);
        ck_assert (g_unix_set_fd_nonblocking (fd, TRUE, NULL)); /* see qmp-process.c */
    } else {
        ck_assert_int_eq (connect (fd, (struct sockaddr *)&address, sizeof address), 0);
        setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    }
    return fd;
}

/* One running emulator. */
typedef struct {
    GSubprocess *process;
    char *errors; /* file with its standard error */
    int qmp;
    GString *input; /* bytes after the last line that was read */
} Emulator;

/* the next line from the emulator; fails the test with its standard error */
static inline char *
read_line (Emulator *emulator)
{
    const char *end;

    while (!(end = strchr (emulator->input->str, '\n'))) {
        char block[4096];
        gssize n = read (emulator->qmp, block, sizeof block);
        g_autofree char *errors = n > 0 ? NULL : file_tail (emulator->errors, 4096);

        ck_assert_msg (n > 0, "no answer: %s", errors);
        ck_assert_uint_lt (emulator->input->len, LINE_MAX_BYTES);
        g_string_append_len (emulator->input, block, n);
    }
    {
        gsize length = end - emulator->input->str;
        char *line = g_strndup (emulator->input->str, length);

        g_string_erase (emulator->input, 0, length + 1);
        return line;
    }
}

/* the result of @command, as JSON text; events are skipped */
static inline char *
ask (Emulator *emulator, const char *command)
{
    g_autofree char *text = g_strdup_printf ("{\"execute\": \"%s\"}\n", command);

    ck_assert_int_eq (write (emulator->qmp, text, strlen (text)), strlen (text));
    for (;;) {
        g_autofree char *line = read_line (emulator);

        ck_assert_msg (!strstr (line, "\"error\""), "%s: %s", command, line);
        if (strstr (line, "\"return\""))
            return g_steal_pointer (&line);
    }
}

static inline Emulator *
emulator_start (const Case *c, const MachineStep *step)
{
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    const FdRecord *fd = g_ptr_array_index (step->fds, 0);
    g_autoptr (GError) error = NULL;
    g_autofree char *greeting = NULL, *reply = NULL;
    Emulator *emulator = g_new0 (Emulator, 1);

    emulator->errors = g_build_filename (c->dir, "stderr", NULL);
    emulator->input = g_string_new (NULL);
    g_subprocess_launcher_take_fd (launcher, open_socket (fd->path, TRUE), fd->fd);
    g_subprocess_launcher_set_stderr_file_path (launcher, emulator->errors);
    emulator->qmp = open_socket (fd->path, FALSE);
    emulator->process =
        g_subprocess_launcher_spawnv (launcher, (const char *const *)step->argv, &error);
    ck_assert_msg (emulator->process != NULL, "%s", error ? error->message : "");
    g_clear_object (&launcher); /* and with it our copy of the listening socket */
    greeting = read_line (emulator);
    ck_assert_msg (g_str_has_prefix (greeting, "{\"QMP\""), "%s", greeting);
    reply = ask (emulator, "qmp_capabilities");
    return emulator;
}

/* ends it and wants it to have had nothing to say */
static inline void
emulator_stop (Emulator *emulator)
{
    static const char quit[] = "{\"execute\": \"quit\"}\n";
    g_autofree char *errors = NULL;

    ck_assert_int_eq (write (emulator->qmp, quit, strlen (quit)), strlen (quit));
    ck_assert (g_subprocess_wait (emulator->process, NULL, NULL));
    errors = file_tail (emulator->errors, 4096);
    ck_assert_str_eq (errors, "");
    ck_assert (g_subprocess_get_successful (emulator->process));
    close (emulator->qmp);
    g_object_unref (emulator->process);
    g_string_free (emulator->input, TRUE);
    g_free (emulator->errors);
    g_free (emulator);
}

/* starts the machine of @c and ends it again; the reply to @command */
static inline char *
reply_to (Case *c, const char *command)
{
    g_autoptr (Plan) plan = case_plan (c);
    const MachineStep *step = plan_find_machine (plan, "m");
    Emulator *emulator;
    char *reply;

    prepare (plan, step);
    emulator = emulator_start (c, step);
    reply = ask (emulator, command);
    emulator_stop (emulator);
    return reply;
}

/* wants @answer in the reply to @command */
static inline void
accept_with (Case *c, const char *command, const char *answer)
{
    g_autofree char *reply = reply_to (c, command);

    ck_assert_msg (strstr (reply, answer) != NULL, "%s has no %s: %s", command, answer, reply);
}

static inline void
accept_case (Case *c)
{
    accept_with (c, "query-status", "\"prelaunch\"");
}
