/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the resetting of firmware variables; see firmware-vars.h. */
#include "lab/disks/firmware-vars.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/run-as.h"
#include "lab/disks/disk-book.h"
#include "plan/firmware.h"

/* The largest flash that a PC has is far below. */
#define TEMPLATE_MAX (64 * 1024 * 1024)

static const ImageStep *
find_step (const Plan *plan, const char *machine)
{
    g_autofree char *id = g_strdup_printf ("image:%s/" FIRMWARE_VARS_DISK, machine);

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (g_str_equal (step->id, id))
            return step->image;
    }
    return NULL;
}

/* The new file is written down before it is used: it is roost's as the old was. */
static gboolean
renew (const ImageStep *image, const char *machine, GError **error)
{
    g_autofree char *folder = g_path_get_dirname (image->path);
    g_autofree char *name = g_path_get_basename (image->path), *data = NULL;
    g_autoptr (DiskEntry) entry = disk_entry_new (machine, FIRMWARE_VARS_DISK, image->source, NULL);
    gsize length;

    entry->copy_of = g_strdup (image->copy_of);
    data = file_read (image->source, TEMPLATE_MAX, &length, error);
    if (!data || !file_write_whole (image->path, data, length, 0600, error) ||
        !run_as_give (image->user, image->path, error))
        return FALSE;
    disk_entry_push (entry, folder, name, image->format);
    return disk_book_write (folder, entry, error);
}

gboolean
firmware_vars_reset (const Plan *plan, LiveMachine *machine, GError **error)
{
    const char *name = live_machine_get_record (machine)->name;
    const ImageStep *image = find_step (plan, name);

    if (!image) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "machine %s: it has no store of firmware variables", name);
        return FALSE;
    }
    if (live_machine_get_process (machine).pid) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "machine %s: its firmware variables are in use: stop it first", name);
        return FALSE;
    }
    if (renew (image, name, error))
        return TRUE;
    g_prefix_error (error, "machine %s: resetting its firmware variables: ", name);
    roost_error_reclass (error, ROOST_ERROR_HOST);
    return FALSE;
}
