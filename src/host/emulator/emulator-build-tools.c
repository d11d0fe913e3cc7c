/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the tools of a build: their command lines, their log, and what they say for
 * those who watch; see emulator-build.h.
 */
#include "host/emulator/emulator-build-private.h"

#include "base/file.h"
#include "host/process/command.h"

#include <string.h>
#include <unistd.h>

/* a tool that is silent for so long hangs */
#define SILENCE_MS (30 * 60 * 1000)
#define HEARD_MAX 500

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
            b->build.progress (emulator_stage_names[b->stage], b->line->str, b->build.user_data);
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
    command_watch_async (argv, SILENCE_MS, heard, b, g_task_get_cancellable (task),
                         emulator_building_tool_ended, g_object_ref (task));
}

void
emulator_tool_unpack (GTask *task)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *to = emulator_building_path (b, "source"),
                    *all = g_build_filename (b->build.source, ".", NULL);
    const char *copy[] = { "cp", "-a", "--reflink=auto", all, to, NULL };
    const char *tar[] = { "tar", "-xf", b->build.source, "-C", to, "--strip-components=1", NULL };
    GError *error = NULL;

    if (!file_make_private_dir (to, &error))
        g_task_return_error (task, error);
    else
        run_tool (task, g_file_test (b->build.source, G_FILE_TEST_IS_DIR) ? copy : tar);
}

void
emulator_tool_patch (GTask *task, const char *patch)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *to = emulator_building_path (b, "source");
    const char *argv[] = { "patch", "--batch", "--forward", "-p1", "-d", to, "-i", patch, NULL };

    run_tool (task, argv);
}

void
emulator_tool_configure (GTask *task)
{
    Building *b = g_task_get_task_data (task);
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    g_autofree char *where = emulator_building_path (b, "build");
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

void
emulator_tool_make (GTask *task, const char *goal)
{
    Building *b = g_task_get_task_data (task);
    g_autofree char *where = emulator_building_path (b, "build"),
                    *jobs = g_strdup_printf ("-j%u", b->build.jobs);
    const char *argv[] = { "make", "-C", where, jobs, goal, NULL };

    run_tool (task, argv);
}

char *
emulator_tool_find_rejects (const Building *b)
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
