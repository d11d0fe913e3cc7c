/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost image backup: a copy of a disk while its machine runs. */
#include "base/error.h"
#include "cli/client.h"
#include "cli/image-verbs.h"
#include "cli/output.h"

#include <string.h>

typedef struct {
    LabClient *client;
    LongJob job;
    const char *machine;
    const char *disk;
} Copying;

static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    Copying *copying = user_data;
    g_autofree char *text = NULL;
    g_autoptr (JsonNode) data = NULL;
    JsonObject *object;

    if (!g_str_equal (event->name, "DISK_BACKUP") || !event->data)
        return;
    text = g_strndup (event->data, event->data_length);
    data = json_from_string (text, NULL);
    object = data && JSON_NODE_HOLDS_OBJECT (data) ? json_node_get_object (data) : NULL;
    if (object && strcmp (member_string (object, "machine", ""), copying->machine) == 0 &&
        strcmp (member_string (object, "disk", ""), copying->disk) == 0)
        long_job_percent ((guint)json_object_get_int_member_with_default (object, "percent", 0),
                          &copying->job);
}

/* Ctrl-C: the machine gives it up, and the call under way says so. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
    Copying *copying = user_data;
    g_autoptr (JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "machine", copying->machine);
    json_object_set_string_member (object, "disk", copying->disk);
    json_node_take_object (arguments, object);
    qmp_client_execute_async (copying->client->qmp, "disk-backup-cancel", arguments, 0, NULL, NULL,
                              NULL);
}

gboolean
image_backup (Options *options, GError **error)
{
    Copying copying = { .disk = options->argv[2] };
    g_autofree char *lab =
        lab_client_split_machine (options, options->argv[1], &copying.machine, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;
    g_autofree char *path = g_canonicalize_filename (options->argv[3], NULL);
    g_autoptr (JsonNode) value = NULL;
    JsonObject *arguments;
    gulong cancelled;

    if (!client)
        return FALSE;
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "machine", copying.machine);
    json_object_set_string_member (arguments, "disk", copying.disk);
    json_object_set_string_member (arguments, "file", path);
    copying.client = client;
    long_job_begin (&copying.job, "copying");
    g_signal_connect (client->qmp, "event", G_CALLBACK (on_event), &copying);
    cancelled =
        g_cancellable_connect (copying.job.cancellable, G_CALLBACK (on_cancelled), &copying, NULL);
    value = lab_client_call (client, "disk-backup", arguments, 0, error);
    g_cancellable_disconnect (copying.job.cancellable, cancelled);
    g_signal_handlers_disconnect_by_data (client->qmp, &copying);
    long_job_end (&copying.job);
    return value != NULL;
}
