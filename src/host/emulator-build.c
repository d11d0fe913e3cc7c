/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the stages of a build, and what is remembered of them so that a build
 * that was cut off goes on; see emulator-build.h.
 *
 *   FOLDER/work/source   a copy of the source, patched
 *   FOLDER/work/build    where it is compiled
 *   FOLDER/work/inputs   what source and patches these are
 *   FOLDER/work/NAME.ok  that a stage is done
 *   FOLDER/prefix        what is installed
 *   FOLDER/build.log     what the tools said
 */
#include "host/emulator-build.h"

#include "base/error.h"
#include "base/file.h"
#include "host/command.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* a tool that is silent for so long hangs */
#define SILENCE_MS (30 * 60 * 1000)
#define PATCHES_MAX 1000
#define PATCH_MAX_BYTES (16 * 1024 * 1024)
#define HEARD_MAX 500

typedef enum { STAGE_UNPACK, STAGE_PATCH, STAGE_CONFIGURE, STAGE_COMPILE, STAGE_INSTALL } Stage;

static const char *const stage_names[] = { "unpacking", "patching", "configuring", "compiling",
                                           "installing" };
/* what is remembered as done; a source that is half patched is made anew, and
 * make knows itself how far it is */
static const char *const stage_marks[] = { NULL, "source", "configured", NULL, NULL };

typedef struct {
    EmulatorBuild build;
    char *folder;
    char *work;
    GPtrArray *patches; /* char *: their paths, in order */
    Stage stage;
    guint next_patch;
    GString *line; /* what the tool said last, as far as it has come */
    int log;
} Building;

static void next_stage (GTask *task);
static void tool_ended (GObject *source, GAsyncResult *result, gpointer user_data);

static void
building_free (gpointer data)
{
    Building *b = data;

    g_free (b->folder);
    g_free (b->work);
    g_ptr_array_unref (b->patches);
    g_string_free (b->line, TRUE);
    auto_fd_close (b->log);
    g_free (b);
}

static char *
in_work (const Building *b, const char *name)
{
    return g_build_filename (b->work, name, NULL);
}

/* --- what is remembered --- */

static char *
mark_path (const Building *b, const char *mark)
{
    return g_strdup_printf ("%s/%s.ok", b->work, mark);
}

static gboolean
is_done (const Building *b, Stage stage)
{
    g_autofree char *path = NULL;

    for (Stage s = stage; s <= STAGE_CONFIGURE; s++) {
        if (!stage_marks[s])
            continue;
        g_free (path);
        path = mark_path (b, stage_marks[s]);
        if (g_file_test (path, G_FILE_TEST_EXISTS))
            return TRUE;
    }
    return FALSE;
}

static gboolean
mark_done (const Building *b, GError **error)
{
    g_autofree char *path = NULL;

    if (!stage_marks[b->stage])
        return TRUE;
    path = mark_path (b, stage_marks[b->stage]);
    return file_write_whole (path, "", 0, 0600, error);
}

/* Everything that the result depends on, as text. */
static char *
describe_inputs (const Building *b, GError **error)
{
    GString *text = g_string_new (NULL);
    GStatBuf info;

    g_string_append_printf (text, "source %s", b->build.source);
    if (g_stat (b->build.source, &info) == 0)
        g_string_append_printf (text, " %lld %lld", (long long)info.st_size,
                                (long long)info.st_mtime);
    g_string_append_printf (text, "\ntarget %s\n", b->build.target);
    for (gsize i = 0; b->build.configure && b->build.configure[i]; i++)
        g_string_append_printf (text, "configure %s\n", b->build.configure[i]);
    for (guint i = 0; i < b->patches->len; i++) {
        const char *path = g_ptr_array_index (b->patches, i);
        gsize length;
        g_autofree char *patch = file_read (path, PATCH_MAX_BYTES, &length, error);
        g_autofree char *sum = NULL;

        if (!patch) {
            g_string_free (text, TRUE);
            return NULL;
        }
        sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)patch, length);
        g_string_append_printf (text, "patch %s %s\n", path, sum);
    }
    return g_string_free (text, FALSE);
}

/* Returns: whether what is there was made from the same things */
static gboolean
same_inputs (const Building *b, const char *inputs)
{
    g_autofree char *path = in_work (b, "inputs");
    g_autofree char *old = file_read (path, PATCH_MAX_BYTES, NULL, NULL);

    return g_strcmp0 (old, inputs) == 0;
}

/* --- tools --- */

static void
heard (const char *text, gpointer user_data)
{
    Building *b = user_data;

    if (write (b->log, text, strlen (text)) < 0)
        g_debug ("the log of the build cannot be written");
    for (const char *c = text; *c; c++) {
        if (*c != '\n') {
            if (b->line->len < HEARD_MAX)
                g_string_append_c (b->line, *c);
            continue;
        }
        if (b->build.progress && b->line->len > 0)
            b->build.progress (stage_names[b->stage], b->line->str, b->build.user_data);
        g_string_truncate (b->line, 0);
    }
}

static void
run_tool (GTask *task, const char *const *argv)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *command = g_strjoinv (" ", (GStrv)argv);
    g_autofree char *line = g_strdup_printf ("$ %s\n", command);

    heard (line, b);
    command_watch_async (argv, SILENCE_MS, heard, b, g_task_get_cancellable (task), tool_ended,
                         g_object_ref (task));
}

static void
unpack (GTask *task)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *to = in_work (b, "source"),
                    *all = g_build_filename (b->build.source, ".", NULL);
    const char *copy[] = { "cp", "-a", "--reflink=auto", all, to, NULL };
    const char *tar[] = { "tar", "-xf", b->build.source, "-C", to, "--strip-components=1", NULL };
    GError *error = NULL;

    if (!file_make_private_dir (to, &error))
        g_task_return_error (task, error);
    else
        run_tool (task, g_file_test (b->build.source, G_FILE_TEST_IS_DIR) ? copy : tar);
}

static void
apply_patch (GTask *task)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *to = in_work (b, "source");
    const char *argv[] = { "patch", "--batch", "--forward", "-p1", "-d", to, "-i", NULL, NULL };

    GError *error = NULL;

    if (b->next_patch == b->patches->len) {
        if (mark_done (b, &error))
            next_stage (task);
        else
            g_task_return_error (task, error);
        return;
    }
    argv[7] = g_ptr_array_index (b->patches, b->next_patch);
    run_tool (task, argv);
}

static void
configure (GTask *task)
{
    Building *b = g_task_get_task_data (task);
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    g_autofree char *where = in_work (b, "build");
    g_autofree char *chdir = g_strconcat ("--chdir=", where, NULL);
    g_autofree char *program = g_build_filename (b->work, "source", "configure", NULL);
    g_autofree char *prefix = g_strdup_printf ("--prefix=%s/prefix", b->folder);
    g_autofree char *target = g_strconcat ("--target-list=", b->build.target, NULL);
    GError *error = NULL;

    if (!file_make_private_dir (where, &error)) {
        g_task_return_error (task, error);
        return;
    }
    g_ptr_array_add (argv, (gpointer) "env");
    g_ptr_array_add (argv, chdir);
    g_ptr_array_add (argv, program);
    g_ptr_array_add (argv, prefix);
    g_ptr_array_add (argv, target);
    for (gsize i = 0; b->build.configure && b->build.configure[i]; i++)
        g_ptr_array_add (argv, (gpointer)b->build.configure[i]);
    g_ptr_array_add (argv, NULL);
    run_tool (task, (const char *const *)argv->pdata);
}

static void
make (GTask *task, const char *goal)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *where = in_work (b, "build"), *jobs = g_strdup_printf ("-j%u", b->build.jobs);
    const char *argv[] = { "make", "-C", where, jobs, goal, NULL };

    run_tool (task, argv);
}

/* --- the stages, one after the other --- */

static void
begin_stage (GTask *task)
{
    Building *b = g_task_get_task_data (task);

    if (b->build.progress)
        b->build.progress (stage_names[b->stage], "", b->build.user_data);
    if (is_done (b, b->stage)) {
        next_stage (task);
        return;
    }
    switch (b->stage) {
    case STAGE_UNPACK:
        unpack (task);
        break;
    case STAGE_PATCH:
        apply_patch (task);
        break;
    case STAGE_CONFIGURE:
        configure (task);
        break;
    case STAGE_COMPILE:
        make (task, NULL);
        break;
    case STAGE_INSTALL:
        make (task, "install");
        break;
    }
}

static BuiltEmulator *
built (const Building *b)
{
    BuiltEmulator *emulator = record_new (&built_emulator_record);
    g_autofree char *arch = g_strndup (b->build.target, strcspn (b->build.target, "-"));
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

    for (guint i = 0; i < b->patches->len; i++) {
        g_autofree char *name = g_path_get_basename (g_ptr_array_index (b->patches, i));

        g_strv_builder_add (names, name);
    }
    emulator->name = g_strdup (b->build.name);
    emulator->path = g_strdup_printf ("%s/prefix/bin/qemu-system-%s", b->folder, arch);
    emulator->source = g_strdup (b->build.source);
    emulator->target = g_strdup (b->build.target);
    emulator->patches = g_strv_builder_end (names);
    emulator->built = g_date_time_format_iso8601 (now);
    return emulator;
}

static void
end (GTask *task)
{
    Building *b = g_task_get_task_data (task);
    BuiltEmulator *emulator = built (b);

    if (access (emulator->path, X_OK) == 0) {
        g_task_return_pointer (task, emulator, NULL);
        return;
    }
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED,
                             "it was installed, but there is no %s: is %s what this source calls "
                             "its target?",
                             emulator->path, b->build.target);
    record_free (&built_emulator_record, emulator);
}

static void
next_stage (GTask *task)
{
    Building *b = g_task_get_task_data (task);

    if (b->stage == STAGE_INSTALL) {
        end (task);
        return;
    }
    b->stage++;
    begin_stage (task);
}

/* Returns: (transfer full): the files in which patch has left what it could not apply */
static char *
find_rejects (const Building *b)
{
    g_autofree char *log = g_build_filename (b->folder, "build.log", NULL);
    g_autofree char *tail = file_tail (log, 16 * 1024);
    const char *last = g_strrstr (tail, "\n$ patch");
    g_auto (GStrv) lines = g_strsplit (last ? last : tail, "\n", -1);
    GString *found = g_string_new (NULL);

    for (gsize i = 0; lines[i]; i++) {
        const char *name = strstr (lines[i], "saving rejects to file ");

        if (name)
            g_string_append_printf (found, "%s%s/source/%s", found->len ? ", " : "", b->work,
                                    name + strlen ("saving rejects to file "));
    }
    return g_string_free (found, FALSE);
}

static void
stage_failed (GTask *task, GError *error)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *rejects = NULL, *first = g_strdup (error->message);

    if (b->stage == STAGE_PATCH && error->code != ROOST_ERROR_HOST) {
        rejects = find_rejects (b);
        g_clear_error (&error);
        error = g_error_new (
            ROOST_ERROR, ROOST_ERROR_FAILED, "patch %s does not apply%s%s (log: %s/build.log)",
            (char *)g_ptr_array_index (b->patches, b->next_patch),
            *rejects ? "; what was left over: " : ": ", *rejects ? rejects : first, b->folder);
    } else {
        g_free (error->message);
        error->message =
            g_strdup_printf ("%s: %s (log: %s/build.log)", stage_names[b->stage], first, b->folder);
    }
    g_task_return_error (task, error);
}

static void
tool_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Building *b = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (!output) {
        stage_failed (task, error);
        return;
    }
    if (b->stage == STAGE_PATCH) {
        b->next_patch++;
        apply_patch (task);
    } else if (mark_done (b, &error)) {
        next_stage (task);
    } else {
        g_task_return_error (task, error);
    }
}

/* --- the beginning --- */

static int
by_text (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The order is that of a file `series` as quilt has it, else that of the names. */
static gboolean
list_patches (Building *b, GError **error)
{
    g_autofree char *path =
        b->build.patches ? g_build_filename (b->build.patches, "series", NULL) : NULL;
    g_autofree char *series = path ? file_read (path, PATCH_MAX_BYTES, NULL, NULL) : NULL;
    g_auto (GStrv) lines = series ? g_strsplit (series, "\n", PATCHES_MAX) : NULL;
    g_autoptr (GDir) dir = NULL;
    const char *name;

    if (!b->build.patches)
        return TRUE;
    for (gsize i = 0; lines && lines[i]; i++) {
        char *line = g_strstrip (lines[i]);

        if (*line && *line != '#')
            g_ptr_array_add (b->patches, g_build_filename (b->build.patches, line, NULL));
    }
    if (lines)
        return TRUE;
    dir = g_dir_open (b->build.patches, 0, error);
    while (dir && (name = g_dir_read_name (dir)) && b->patches->len < PATCHES_MAX)
        if (g_str_has_suffix (name, ".patch") || g_str_has_suffix (name, ".diff"))
            g_ptr_array_add (b->patches, g_build_filename (b->build.patches, name, NULL));
    g_ptr_array_sort (b->patches, by_text);
    return dir != NULL;
}

/* What a build of other things, or one whose source is not whole, has left goes;
 * an emulator that is ready stays. */
static gboolean
clear_place (Building *b, const char *inputs, GError **error)
{
    BuiltEmulator *ready;

    if (!g_file_test (b->folder, G_FILE_TEST_IS_DIR) ||
        (same_inputs (b, inputs) && is_done (b, STAGE_PATCH)))
        return TRUE;
    ready = emulator_store_find (b->build.name);
    if (!ready)
        return emulator_store_remove (b->build.name, error);
    record_free (&built_emulator_record, ready);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "%s was built from other things: take another name, or roost emulator rm %s",
                 b->build.name, b->build.name);
    return FALSE;
}

static gboolean
prepare (Building *b, GError **error)
{
    g_autofree char *inputs = NULL, *path = in_work (b, "inputs");
    g_autofree char *log = g_build_filename (b->folder, "build.log", NULL);

    if (!list_patches (b, error) || !(inputs = describe_inputs (b, error)) ||
        !clear_place (b, inputs, error))
        return FALSE;
    if (!file_make_private_dir (b->work, error) ||
        !file_write_whole (path, inputs, strlen (inputs), 0600, error))
        return FALSE;
    b->log = open (log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (b->log >= 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s cannot be written", log);
    return FALSE;
}

void
emulator_build_async (const EmulatorBuild *build, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Building *b = g_new0 (Building, 1);
    GError *error = NULL;

    *b = (Building){ .build = *build,
                     .folder = emulator_store_folder (build->name),
                     .patches = g_ptr_array_new_with_free_func (g_free),
                     .line = g_string_new (NULL),
                     .log = -1 };
    b->work = g_build_filename (b->folder, "work", NULL);
    g_task_set_task_data (task, b, building_free);
    g_task_set_check_cancellable (task, FALSE);
    if (prepare (b, &error))
        begin_stage (task);
    else
        g_task_return_error (task, error);
}

BuiltEmulator *
emulator_build_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
