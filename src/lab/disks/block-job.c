/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands and events of block jobs; see block-job.h. */
#include "lab/disks/block-job.h"

#include "base/error.h"
#include "machine/describe.h"

#define COMMAND_MS (60 * 1000)
#define PROGRESS_SECONDS 1

struct BlockJob {
    guint refs; /* the owner's, and one for each call under way */
    QmpClient *qmp;
    char *id;
    BlockJobHandlers handlers;
    gpointer user_data;
    gulong on_event, on_closed;
    guint tick;
    gboolean over;    /* ended, or let go of */
    gboolean readied; /* the owner knows that it is ready */
};

static BlockJob *
job_ref (BlockJob *job)
{
    job->refs++;
    return job;
}

static void
job_unref (BlockJob *job)
{
    if (--job->refs > 0)
        return;
    g_object_unref (job->qmp);
    g_free (job->id);
    g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BlockJob, job_unref)

static void
let_go (BlockJob *job)
{
    job->over = TRUE;
    g_clear_signal_handler (&job->on_event, job->qmp);
    g_clear_signal_handler (&job->on_closed, job->qmp);
    g_clear_handle_id (&job->tick, g_source_remove);
}

/* @error: (transfer full) (nullable) */
static void
ended (BlockJob *job, GError *error)
{
    if (job->over) {
        g_clear_error (&error);
        return;
    }
    let_go (job);
    job->handlers.ended (error, job->user_data);
}

static void
ready (BlockJob *job)
{
    if (job->over || job->readied || !job->handlers.ready)
        return;
    job->readied = TRUE;
    job->handlers.ready (job->user_data);
}

static void
on_event (QmpClient *qmp, const QmpEvent *event, gpointer user_data)
{
    g_autoptr (BlockJob) job = job_ref (user_data);
    g_autoptr (JsonNode) node = qmp_event_get_data (event);
    JsonObject *data = node ? json_node_get_object (node) : NULL;
    const char *problem;

    if (!data ||
        g_strcmp0 (json_object_get_string_member_with_default (data, "device", ""), job->id) != 0)
        return;
    problem = json_object_get_string_member_with_default (data, "error", NULL);
    if (g_str_equal (event->name, "BLOCK_JOB_READY"))
        ready (job);
    else if (g_str_equal (event->name, "BLOCK_JOB_CANCELLED"))
        ended (job, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "cancelled"));
    else if (g_str_equal (event->name, "BLOCK_JOB_COMPLETED"))
        ended (job,
               problem ? g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, problem) : NULL);
}

static void
on_closed (QmpClient *qmp, const GError *reason, gpointer user_data)
{
    g_autoptr (BlockJob) job = job_ref (user_data);

    ended (job, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_MACHINE, "the machine has ended"));
}

/* --- how far it is --- */

static JsonObject *
find_job (JsonNode *jobs, const char *id)
{
    JsonArray *array = jobs && JSON_NODE_HOLDS_ARRAY (jobs) ? json_node_get_array (jobs) : NULL;

    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        JsonObject *found = json_array_get_object_element (array, i);

        if (g_strcmp0 (json_object_get_string_member_with_default (found, "device", ""), id) == 0)
            return found;
    }
    return NULL;
}

static void
tell (BlockJob *job, JsonObject *found)
{
    gint64 length = json_object_get_int_member_with_default (found, "len", 0);
    gint64 offset = json_object_get_int_member_with_default (found, "offset", 0);

    if (length > 0)
        job->handlers.progress ((guint)(offset * 100 / length), job->user_data);
}

static void
jobs_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (BlockJob) job = user_data;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
    JsonObject *found = find_job (value, job->id);

    if (found && !job->over)
        tell (job, found);
}

static void
execute (BlockJob *job, const char *command, JsonNode *arguments, GAsyncReadyCallback callback)
{
    g_autoptr (JsonNode) owned = arguments;

    qmp_client_execute_async (job->qmp, command, arguments, COMMAND_MS, NULL, callback,
                              job_ref (job));
}

static gboolean
ask_how_far (gpointer user_data)
{
    execute (user_data, "query-block-jobs", NULL, jobs_known);
    return G_SOURCE_CONTINUE;
}

static void
watch (BlockJob *job)
{
    if (!job->over && !job->tick)
        job->tick = g_timeout_add_seconds (PROGRESS_SECONDS, ask_how_far, job);
}

/* --- beginnings and ends --- */

BlockJob *
block_job_new (QmpClient *qmp, const char *id, const BlockJobHandlers *handlers, gpointer user_data)
{
    BlockJob *job = g_new0 (BlockJob, 1);

    *job = (BlockJob){ .refs = 1,
                       .qmp = g_object_ref (qmp),
                       .id = g_strdup (id),
                       .handlers = *handlers,
                       .user_data = user_data };
    job->on_event = g_signal_connect (qmp, "event", G_CALLBACK (on_event), job);
    job->on_closed = g_signal_connect (qmp, "closed", G_CALLBACK (on_closed), job);
    return job;
}

void
block_job_free (BlockJob *job)
{
    if (!job)
        return;
    let_go (job);
    job_unref (job);
}

static void
begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (BlockJob) job = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (value)
        watch (job);
    else
        ended (job, error);
}

void
block_job_begin (BlockJob *job, const char *command, JsonNode *arguments)
{
    json_object_set_string_member (json_node_get_object (arguments), "job-id", job->id);
    execute (job, command, arguments, begun);
}

static void
found (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (BlockJob) job = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    JsonObject *found = find_job (value, job->id);

    if (!found) {
        ended (job, error);
        return;
    }
    watch (job);
    if (json_object_get_boolean_member_with_default (found, "ready", FALSE))
        ready (job);
}

void
block_job_take_over (BlockJob *job)
{
    execute (job, "query-block-jobs", NULL, found);
}

/* What it was told shows in its end; one that is over takes no orders. */
static void
told (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (BlockJob) job = user_data;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
}

void
block_job_complete (BlockJob *job)
{
    execute (job, "block-job-complete", describe_pair ("device", job->id, NULL, NULL), told);
}

void
block_job_cancel (BlockJob *job, gboolean force)
{
    JsonNode *arguments = describe_pair ("device", job->id, NULL, NULL);

    json_object_set_boolean_member (json_node_get_object (arguments), "force", force);
    execute (job, "block-job-cancel", arguments, told);
}
