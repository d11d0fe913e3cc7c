/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of what is being done to disks in use; see disk-job.h. */
#include "lab/disks/disk-job.h"

#include "base/error.h"
#include "machine/describe.h"
#include "lab/lab-private.h"

static DiskJob *
disk_job_find (LiveLab *lab, const char *machine, const char *disk)
{
    for (guint i = 0; i < lab->disk_jobs->len; i++) {
        DiskJob *job = g_ptr_array_index (lab->disk_jobs, i);

        if (g_str_equal (job->machine, machine) && g_str_equal (job->disk, disk))
            return job;
    }
    return NULL;
}

DiskJob *
disk_job_new (LiveLab *lab, const char *machine, const char *disk, const char *kind, GError **error)
{
    const DiskJob *other = disk_job_find (lab, machine, disk);
    DiskJob *job;

    if (other) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "a %s of it is under way: wait for its end, or give it up (roost image cancel "
                     "%s %s)",
                     other->kind, machine, disk);
        return NULL;
    }
    job = g_new0 (DiskJob, 1);
    *job = (DiskJob){
        .lab = lab, .machine = g_strdup (machine), .disk = g_strdup (disk), .kind = kind
    };
    g_ptr_array_add (lab->disk_jobs, job);
    return job;
}

static void
tell (const DiskJob *job, int percent, const char *error)
{
    JsonNode *data = describe_pair ("machine", job->machine, "disk", job->disk);
    JsonObject *object = json_node_get_object (data);

    json_object_set_string_member (object, "job", job->kind);
    if (percent >= 0)
        json_object_set_int_member (object, "percent", percent);
    if (error)
        json_object_set_string_member (object, "error", error);
    lab_tell (job->lab, "DISK_JOB", data);
}

void
disk_job_free (DiskJob *job, const GError *error)
{
    if (!job)
        return;
    tell (job, error ? -1 : 100, error ? error->message : NULL);
    g_ptr_array_remove (job->lab->disk_jobs, job);
    block_job_free (job->job);
    g_free (job->machine);
    g_free (job->disk);
    g_free (job);
}

char *
disk_job_id (const DiskJob *job)
{
    return g_strdup_printf ("%s-%s", job->kind, job->disk);
}

/* 100 is for its end */
void
disk_job_tell (const DiskJob *job, guint percent)
{
    tell (job, (int)MIN (percent, 99), NULL);
}

gboolean
disk_job_check_cancelled (const DiskJob *job, GError **error)
{
    if (job->cancelled)
        g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_FAILED, "cancelled");
    return !job->cancelled;
}

void
disk_job_cancel (LiveLab *lab, const char *machine, const char *disk)
{
    DiskJob *job = disk_job_find (lab, machine, disk);

    if (!job)
        return;
    job->cancelled = TRUE;
    if (job->job)
        block_job_cancel (job->job, TRUE);
}

void
disk_jobs_let_go (LiveLab *lab)
{
    for (guint i = 0; i < lab->disk_jobs->len; i++) {
        DiskJob *job = g_ptr_array_index (lab->disk_jobs, i);

        g_clear_pointer (&job->job, block_job_free);
    }
    g_clear_pointer (&lab->disk_jobs, g_ptr_array_unref);
}
