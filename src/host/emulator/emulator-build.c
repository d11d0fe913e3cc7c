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
#include "host/emulator/emulator-build-private.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/command.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *const emulator_stage_names[] = { "unpacking", "patching", "configuring", "compiling",
                                             "installing" };
/* what is remembered as done; a source that is half patched is made anew, and
 * make knows itself how far it is */
static const char *const stage_marks[] = { NULL, "source", "configured", NULL, NULL };

static void next_stage (GTask *task);

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

char *
emulator_building_path (const Building *b, const char *name)
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

/* Returns: whether what is there was made from the same things */
static gboolean
same_inputs (const Building *b, const char *inputs)
{
    g_autofree char *path = emulator_building_path (b, "inputs");
    g_autofree char *old = file_read (path, EMULATOR_PATCH_MAX_BYTES, NULL, NULL);

    return g_strcmp0 (old, inputs) == 0;
}

/* --- the stages, one after the other --- */

static void
patch_next (GTask *task)
{
    Building *b = g_task_get_task_data (task);
    GError *error = NULL;

    if (b->next_patch < b->patches->len)
        emulator_tool_patch (task, g_ptr_array_index (b->patches, b->next_patch));
    else if (mark_done (b, &error))
        next_stage (task);
    else
        g_task_return_error (task, error);
}

static void
begin_stage (GTask *task)
{
    Building *b = g_task_get_task_data (task);

    if (b->build.progress)
        b->build.progress (emulator_stage_names[b->stage], "", b->build.user_data);
    if (is_done (b, b->stage)) {
        next_stage (task);
        return;
    }
    switch (b->stage) {
    case STAGE_UNPACK:
        emulator_tool_unpack (task);
        break;
    case STAGE_PATCH:
        patch_next (task);
        break;
    case STAGE_CONFIGURE:
        emulator_tool_configure (task);
        break;
    case STAGE_COMPILE:
        emulator_tool_make (task, NULL);
        break;
    case STAGE_INSTALL:
        emulator_tool_make (task, "install");
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

static void
stage_failed (GTask *task, GError *error)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *rejects = NULL, *first = g_strdup (error->message);

    if (b->stage == STAGE_PATCH && error->code != ROOST_ERROR_HOST) {
        rejects = emulator_tool_find_rejects (b);
        g_clear_error (&error);
        error = g_error_new (
            ROOST_ERROR, ROOST_ERROR_FAILED, "patch %s does not apply%s%s (log: %s/build.log)",
            (char *)g_ptr_array_index (b->patches, b->next_patch),
            *rejects ? "; what was left over: " : ": ", *rejects ? rejects : first, b->folder);
    } else {
        g_free (error->message);
        error->message = g_strdup_printf ("%s: %s (log: %s/build.log)",
                                          emulator_stage_names[b->stage], first, b->folder);
    }
    g_task_return_error (task, error);
}

void
emulator_building_tool_ended (GObject *source, GAsyncResult *result, gpointer user_data)
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
        patch_next (task);
    } else if (mark_done (b, &error)) {
        next_stage (task);
    } else {
        g_task_return_error (task, error);
    }
}

/* --- the beginning --- */

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
    g_autofree char *inputs = NULL, *path = emulator_building_path (b, "inputs");
    g_autofree char *log = g_build_filename (b->folder, "build.log", NULL);

    if (!emulator_inputs_list_patches (b, error) ||
        !(inputs = emulator_inputs_describe (b, error)) || !clear_place (b, inputs, error))
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
