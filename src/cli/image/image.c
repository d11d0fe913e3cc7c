/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost image: the table of its words, the list of roost's own images, and what
 * all of its words share.
 */
#include "base/error.h"
#include "base/quantity.h"
#include "base/record.h"
#include "cli/image/image-verbs.h"
#include "cli/common/output.h"
#include "cli/common/wait.h"
#include "host/process/command.h"
#include "host/image/image-info.h"
#include "host/image/image.h"
#include "lab/disks/images.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#define TIMEOUT_MS (60 * 1000)
/* a tool that says nothing for that long hangs */
#define SILENCE_MS (60 * 60 * 1000)

/* What qemu-img says of it. @format: (nullable): %NULL = it is to look */
static JsonNode *
ask (const char *path, const char *format, GError **error)
{
    const char *argv[] = { "qemu-img",           "info", "-U", "--output=json", path,
                           format ? "-f" : NULL, format, NULL };
    g_autoptr (RunAs) owner = image_find_owner (path);
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *output = NULL;
    Wait wait = { NULL };

    command_run_as_async (owner, -1, argv, TIMEOUT_MS, NULL, NULL, NULL, wait_arrived, &wait);
    result = wait_for (&wait);
    output = command_run_finish (result, error);
    return output ? json_from_text (output, error) : NULL;
}

char *
image_format (const char *path, GError **error)
{
    g_autoptr (JsonNode) node = NULL;
    char *format = NULL;

    if (!images_check_sound (path, &format, error) || format)
        return format;
    /* the most frequent one shows without asking anybody */
    if (image_read_size (path, "qcow2") >= 0)
        return g_strdup ("qcow2");
    node = ask (path, NULL, error);
    return node ? g_strdup (member_string (json_node_get_object (node), "format", "raw")) : NULL;
}

/* --- what takes long --- */

static gboolean
on_interrupt (gpointer user_data)
{
    g_cancellable_cancel (((LongJob *)user_data)->cancellable);
    return G_SOURCE_CONTINUE;
}

void
long_job_begin (LongJob *job, const char *what)
{
    job->what = what;
    job->cancellable = g_cancellable_new ();
    job->progress = progress_new (what);
    job->sigint = g_unix_signal_add (SIGINT, on_interrupt, job);
}

void
long_job_end (LongJob *job)
{
    g_source_remove (job->sigint);
    progress_free (job->progress);
    g_object_unref (job->cancellable);
}

void
long_job_percent (guint percent, gpointer user_data)
{
    LongJob *job = user_data;

    progress_set (job->progress, "%s: %u%%", job->what, percent);
}

static void
said (const char *text, gpointer user_data)
{
    int percent = image_parse_percent (text);

    if (percent >= 0)
        long_job_percent ((guint)percent, user_data);
}

gboolean
long_job_run (LongJob *job, const char *path, const char *const *argv, GError **error)
{
    g_autoptr (RunAs) owner = image_find_owner (path);
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *output = NULL;
    Wait wait = { NULL };

    command_run_as_async (owner, -1, argv, SILENCE_MS, said, job, job->cancellable, wait_arrived,
                          &wait);
    result = wait_for (&wait);
    output = command_run_finish (result, error);
    return output != NULL;
}

/* --- words --- */

static gboolean
run_info (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *format = image_format (path, error);
    g_autoptr (JsonNode) node = format ? ask (path, format, error) : NULL;
    JsonObject *object;
    g_autofree char *size = NULL, *used = NULL, *user = NULL;

    if (!node)
        return FALSE;
    if (options->json) {
        print_json (node);
        return TRUE;
    }
    object = json_node_get_object (node);
    size =
        quantity_format_size (json_object_get_int_member_with_default (object, "virtual-size", 0));
    used =
        quantity_format_size (json_object_get_int_member_with_default (object, "actual-size", 0));
    user = images_user (path);
    printf ("%s: %s, %s, %s on disk%s%s%s%s\n", path, member_string (object, "format", "?"), size,
            used, member_string (object, "backing-filename", NULL) ? ", on " : "",
            member_string (object, "backing-filename", ""), user ? ", in use by " : "",
            user ? user : "");
    return TRUE;
}

static void
show_image (Table *table, const OwnImage *image, JsonObject *info)
{
    g_autofree char *disk =
        image->entry
            ? g_strdup_printf ("%s/%s/%s", image->lab, image->entry->machine, image->entry->disk)
            : NULL;
    g_autofree char *size =
        quantity_format_size (json_object_get_int_member_with_default (info, "virtual-size", 0));
    g_autofree char *used =
        quantity_format_size (json_object_get_int_member_with_default (info, "actual-size", 0));

    table_add (table, image->path, disk, member_string (info, "format", "?"), size, used,
               member_string (info, "backing-filename", NULL));
}

/* The disks of labs, up or not, and what `roost image` has made. */
static gboolean
run_list (Options *options, GError **error)
{
    g_autoptr (GPtrArray) images =
        images_list (options->argc > 1 ? options->argv[1] : options->lab);
    Table *table = options->json ? NULL : table_new ("IMAGE|DISK|FORMAT|SIZE|USED|BACKING");

    for (guint i = 0; i < images->len; i++) {
        const OwnImage *image = g_ptr_array_index (images, i);
        g_autofree char *format = image_format (image->path, NULL);
        g_autoptr (JsonNode) node = format ? ask (image->path, format, NULL) : NULL;
        JsonObject *info =
            node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

        if (!info)
            continue;
        if (table) {
            show_image (table, image, info);
            continue;
        }
        if (image->entry) {
            json_object_set_string_member (info, "lab", image->lab);
            json_object_set_string_member (info, "machine", image->entry->machine);
            json_object_set_string_member (info, "disk", image->entry->disk);
        }
        print_json (node);
    }
    if (table)
        table_print (table);
    return TRUE;
}

static const struct {
    const char *word;
    int min_args, max_args; /* with the word itself */
    gboolean (*run) (Options *options, GError **error);
} words[] = {
    { "list", 1, 2, run_list },
    { "info", 2, 2, run_info },
    { "create", 2, 3, image_create },
    { "clone", 3, 3, image_clone },
    { "convert", 3, 3, image_convert },
    { "commit", 2, 2, image_commit },
    { "commit", 3, 4, image_commit_disk },
    { "stream", 3, 4, image_stream },
    { "rebase", 2, 3, image_rebase },
    { "resize", 3, 3, image_resize },
    { "snapshot", 3, 3, image_snapshot },
    { "check", 2, 2, image_check },
    { "backup", 4, 4, image_backup },
    { "cancel", 3, 3, image_cancel },
    { "rm", 2, G_MAXINT, image_rm },
};

gboolean
verb_image (Options *options, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        if (g_str_equal (options->argv[0], words[i].word) && options->argc >= words[i].min_args &&
            options->argc <= words[i].max_args)
            return words[i].run (options, error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 "image takes list [LAB], info FILE, create FILE SIZE, clone IMAGE FILE, convert "
                 "IMAGE FILE, commit FILE, rebase FILE [IMAGE], resize FILE SIZE, check FILE, "
                 "rm FILE, or snapshot, commit, stream or cancel MACHINE DISK, or backup MACHINE "
                 "DISK FILE (see: roost image --help)");
    return FALSE;
}
