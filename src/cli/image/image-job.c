/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost image backup, commit, stream and cancel: what is done to a disk while its
 * machine runs, and takes its time.
 */
#include "base/error.h"
#include "base/quantity.h"
#include "cli/common/client.h"
#include "cli/image/image-verbs.h"
#include "cli/common/output.h"

#include <stdio.h>
#include <string.h>

#define CANCEL_MS (60 * 1000)

typedef struct {
    LabClient *client;
    LongJob job;
    const char *machine;
    const char *disk;
} DiskCall;

/* @call: which disk, for the lab's supervisor */
static JsonObject *
name_disk (const DiskCall *call)
{
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "machine", call->machine);
    json_object_set_string_member (object, "disk", call->disk);
    return object;
}

static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    DiskCall *call = user_data;
    g_autoptr (JsonNode) data = NULL;
    JsonObject *object;

    if (g_str_equal (event->name, "DISK_JOB"))
        data = qmp_event_get_data (event);
    object = data ? json_node_get_object (data) : NULL;
    if (object && json_object_has_member (object, "percent") &&
        strcmp (member_string (object, "machine", ""), call->machine) == 0 &&
        strcmp (member_string (object, "disk", ""), call->disk) == 0)
        long_job_percent ((guint)json_object_get_int_member_with_default (object, "percent", 0),
                          &call->job);
}

/* Ctrl-C: the machine gives it up, and the call under way says so. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
    DiskCall *call = user_data;
    g_autoptr (JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);

    json_node_take_object (arguments, name_disk (call));
    qmp_client_execute_async (call->client->qmp, "disk-cancel", arguments, 0, NULL, NULL, NULL);
}

/* @member: (nullable): what the command wants beside the disk, with its @value */
static JsonNode *
run (Options *options, const char *command, const char *what, const char *member, const char *value,
     GError **error)
{
    DiskCall call = { .disk = options->argv[2] };
    g_autofree char *lab =
        lab_client_split_machine (options, options->argv[1], &call.machine, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;
    guint64 speed = 0;
    JsonObject *arguments;
    JsonNode *answer;
    gulong cancelled;

    if (!client)
        return NULL;
    if (options->speed &&
        (!quantity_parse_size (options->speed, &speed) || speed == 0 || speed > G_MAXINT64)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "--speed %s is not a size (try 100M, in a second)", options->speed);
        return NULL;
    }
    arguments = name_disk (&call);
    if (value)
        json_object_set_string_member (arguments, member, value);
    if (options->force && g_str_equal (command, "disk-commit"))
        json_object_set_boolean_member (arguments, "force", TRUE);
    json_object_set_int_member (arguments, "speed", (gint64)speed);
    call.client = client;
    long_job_begin (&call.job, what);
    g_signal_connect (client->qmp, "event", G_CALLBACK (on_event), &call);
    cancelled =
        g_cancellable_connect (call.job.cancellable, G_CALLBACK (on_cancelled), &call, NULL);
    answer = lab_client_call (client, command, arguments, 0, error);
    g_cancellable_disconnect (call.job.cancellable, cancelled);
    g_signal_handlers_disconnect_by_data (client->qmp, &call);
    long_job_end (&call.job);
    return answer;
}

gboolean
image_backup (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[3], NULL);
    g_autoptr (JsonNode) answer = run (options, "disk-backup", "copying", "file", path, error);

    return answer != NULL;
}

/* @answer: (nullable): how many layers the disk has now */
static gboolean
show_layers (const Options *options, JsonNode *answer)
{
    gint64 layers;

    if (!answer)
        return FALSE;
    layers = json_object_get_int_member_with_default (json_node_get_object (answer), "layers", 0);
    if (options->json)
        print_json (answer);
    else
        printf ("%" G_GINT64_FORMAT " %s\n", layers, layers == 1 ? "layer" : "layers");
    return TRUE;
}

gboolean
image_commit_disk (Options *options, GError **error)
{
    g_autoptr (JsonNode) answer = run (options, "disk-commit", "committing", "layer",
                                       options->argc > 3 ? options->argv[3] : NULL, error);

    return show_layers (options, answer);
}

gboolean
image_stream (Options *options, GError **error)
{
    g_autoptr (JsonNode) answer = run (options, "disk-stream", "streaming", "layer",
                                       options->argc > 3 ? options->argv[3] : NULL, error);

    return show_layers (options, answer);
}

gboolean
image_cancel (Options *options, GError **error)
{
    DiskCall call = { .disk = options->argv[2] };
    g_autofree char *lab =
        lab_client_split_machine (options, options->argv[1], &call.machine, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;
    g_autoptr (JsonNode) answer =
        client ? lab_client_call (client, "disk-cancel", name_disk (&call), CANCEL_MS, error)
               : NULL;

    return answer != NULL;
}
