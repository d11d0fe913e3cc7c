/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what an image step does to the host, and how that is undone: a disk that
 * the book has is taken as it is and grown where the profile asks for more; one
 * that it has not is made and written down.
 */
#include "lab/effects/effect.h"

#include "base/error.h"
#include "host/image/image.h"
#include "host/image/seed.h"
#include "lab/disks/disk-book.h"
#include "lab/disks/disk-chain.h"
#include "lab/disks/disk-shorten.h"
#include "machine/once.h"

#include <string.h>
#include <sys/stat.h>

typedef struct {
    EffectsContext *context;
    const Step *step;
    Executed *executed;
    char *folder;
    char *machine;
    char *disk;
    DiskEntry *entry; /* as it is, or as it will be written when the image is made */
    char *note;
    guint percent;
} Work;

static void
work_free (gpointer data)
{
    Work *work = data;

    g_free (work->folder);
    g_free (work->machine);
    g_free (work->disk);
    g_free (work->note);
    disk_entry_free (work->entry);
    g_free (work);
}

static Work *
work_new (EffectsContext *context, const Step *step, Executed *executed)
{
    Work *work = g_new0 (Work, 1);
    const char *slash = strchr (step->image->owner, '/');

    work->context = context;
    work->step = step;
    work->executed = executed;
    work->folder = g_path_get_dirname (step->image->path);
    work->machine = slash ? g_strndup (step->image->owner, slash - step->image->owner)
                          : g_strdup (step->image->owner);
    work->disk = g_strdup (slash ? slash + 1 : "");
    return work;
}

static void
fail (GTask *task, const Work *work, GError *error)
{
    if (!g_str_has_prefix (error->message, "disk "))
        g_prefix_error (&error, "disk %s: ", work->step->image->owner);
    g_task_return_error (task, error);
}

/* Whoever they belonged to: the machine is to write to them. */
static void
succeed (GTask *task, Work *work)
{
    GError *error = NULL;

    if (disk_book_give (work->folder, work->entry, work->step->image->user, &error))
        g_task_return_pointer (task, g_steal_pointer (&work->note), g_free);
    else
        fail (task, work, error);
}

static void
grown (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Work *work = g_task_get_task_data (task);
    GError *error = NULL;

    if (image_grow_finish (result, NULL, &error))
        succeed (task, work);
    else
        fail (task, work, error);
}

/* Sizes are of what the machine sees, hence of the newest layer. */
static void
grow (GTask *task, Work *work)
{
    const ImageStep *image = work->step->image;
    const DiskFile *head = disk_entry_head (work->entry);
    g_autofree char *path = disk_file_path (work->folder, head);

    if (image->size == 0)
        succeed (task, work);
    else
        image_grow_async (path, head->format, image->size, work->context->cancellable, grown,
                          g_object_ref (task));
}

static void
image_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Work *work = g_task_get_task_data (task);
    const ImageStep *image = work->step->image;
    g_autofree char *name = g_path_get_basename (image->path);
    ImageResult made = { 0 };
    GError *error = NULL;

    if (!image_make_finish (result, &made, &error)) {
        fail (task, work, error);
        return;
    }
    work->executed->created = made.created;
    if (made.created)
        once_forget (work->folder, work->machine); /* what was installed is gone */
    work->note = made.note;
    disk_entry_push (work->entry, work->folder, name, image->format);
    if (!disk_book_write (work->folder, work->entry, &error)) {
        if (made.created)
            image_remove (image, NULL);
        fail (task, work, error);
    } else if (made.created) {
        succeed (task, work);
    } else {
        grow (task, work);
    }
}

static const char *
origin (const ImageStep *image)
{
    return image->backing ? image->backing : image->source;
}

/* The disk is there already: is it what the profile means, and whole? */
static gboolean
still_fits (const Work *work, GError **error)
{
    const char *wanted = origin (work->step->image);
    const DiskEntry *entry = work->entry;

    for (guint i = 0; i < entry->files->len; i++) {
        g_autofree char *path = disk_file_path (work->folder, g_ptr_array_index (entry->files, i));
        struct stat info;

        if (stat (path, &info) == 0)
            continue;
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "%s, a layer of it, is gone: put it back, or delete the disk (roost image rm)",
                     path);
        return FALSE;
    }
    if (g_strcmp0 (entry->source, wanted) == 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                 "it is there already and was made from %s, but the profile says %s: delete it "
                 "(roost image rm), or give the lab another name",
                 entry->source ? entry->source : "no image", wanted ? wanted : "no image");
    return FALSE;
}

static void
shortened (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Work *work = g_task_get_task_data (task);
    g_autoptr (GError) error = NULL;

    if (!disk_shorten_finish (result, &error) && !work->note)
        work->note = g_strdup (error->message);
    disk_entry_free (work->entry);
    work->entry = disk_book_read (work->folder, work->machine, work->disk, NULL);
    grow (task, work);
}

/* Layers that checkpoints have left are merged while nobody has them open. */
static void
shorten (GTask *task, Work *work)
{
    Shortening shortening = { .folder = work->folder,
                              .machine = work->machine,
                              .disk = work->disk };

    disk_drop_unwritten (work->folder, work->entry);
    disk_shorten_async (&shortening, work->context->cancellable, shortened, g_object_ref (task));
}

static void
use (GTask *task, Work *work)
{
    g_autofree char *problem = NULL;
    GError *error = NULL;

    if (!still_fits (work, &error) || !disk_chain_check (work->entry, work->folder, &error)) {
        fail (task, work, error);
        return;
    }
    /* preflight refuses this, unless it was told to let it pass */
    problem = disk_entry_base_problem (work->entry);
    if (problem) {
        disk_entry_accept_base (work->entry);
        if (!disk_book_write (work->folder, work->entry, &error)) {
            fail (task, work, error);
            return;
        }
        work->note = g_strdup_printf ("%s is taken as it is now", work->entry->base->path);
    }
    shorten (task, work);
}

static void
progressed (guint percent, gpointer user_data)
{
    Work *work = user_data;

    if (percent == work->percent || !work->context->progress)
        return;
    work->percent = percent;
    work->context->progress (work->step, percent, work->context->progress_data);
}

/* All files of a disk went without the book: what it says is of no use then. */
static gboolean
nothing_left (const Work *work)
{
    for (guint i = 0; i < work->entry->files->len; i++) {
        g_autofree char *path =
            disk_file_path (work->folder, g_ptr_array_index (work->entry->files, i));
        struct stat info;

        if (lstat (path, &info) == 0)
            return FALSE;
    }
    return TRUE;
}

/* --- seeds --- */

static void
seed_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Work *work = g_task_get_task_data (task);
    g_autofree char *name = g_path_get_basename (work->step->image->path);
    GError *error = NULL;

    if (seed_make_finish (result, &error)) {
        disk_entry_push (work->entry, work->folder, name, work->step->image->format);
        disk_book_write (work->folder, work->entry, &error);
    }
    if (error)
        fail (task, work, error);
    else
        succeed (task, work);
}

/* The book has the digest of what is on a volume where it has the image of a
 * disk: as long as they agree the volume stays as it is. */
static void
make_seed (GTask *task, Work *work)
{
    const ImageStep *image = work->step->image;
    GError *error = NULL;
    g_autofree char *digest = seed_digest (image, &error);

    if (!digest) {
        fail (task, work, error);
        return;
    }
    if (work->entry && g_strcmp0 (work->entry->source, digest) == 0 && !nothing_left (work)) {
        succeed (task, work);
        return;
    }
    work->executed->created = !work->entry;
    disk_entry_free (work->entry);
    work->entry = disk_entry_new (work->machine, work->disk, digest, NULL);
    seed_make_async (image, work->context->cancellable, seed_made, g_object_ref (task));
}

/* Whether it is ours to delete cannot be seen any more once it is there. */
void
image_prepare (const Step *step, Executed *executed)
{
    Work *work = work_new (NULL, step, executed);

    work->entry = disk_book_read (work->folder, work->machine, work->disk, NULL);
    executed->created = !g_file_test (step->image->path, G_FILE_TEST_EXISTS) &&
                        (!work->entry || nothing_left (work));
    work_free (work);
}

void
image_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    Work *work = work_new (context, step, executed);
    GError *error = NULL;

    g_task_set_task_data (task, work, work_free);
    work->entry = disk_book_read (work->folder, work->machine, work->disk, &error);
    if (error) {
        fail (task, work, error);
        return;
    }
    if (work->entry && !step->image->label && !nothing_left (work)) {
        use (task, work);
        return;
    }
    if (step->image->label) {
        make_seed (task, work);
        return;
    }
    disk_entry_free (work->entry);
    /* looked at before the image is made, so that no change goes unseen */
    work->entry =
        disk_entry_new (work->machine, work->disk, origin (step->image), step->image->backing);
    work->entry->copy_of = g_strdup (step->image->copy_of);
    image_make_async (step->image, progressed, work, context->cancellable, image_made,
                      g_object_ref (task));
}

void
image_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    Work *work = work_new (context, step, executed);
    GError *error = NULL;

    g_task_set_task_data (task, work, work_free);
    /* of a supervisor that was killed while it was made */
    (step->image->label ? seed_discard_part : image_discard_part) (step->image);
    if (context->rollback && executed->created) {
        work->entry = disk_book_read (work->folder, work->machine, work->disk, &error);
        if (work->entry)
            disk_book_delete (work->folder, work->entry, &error);
        else if (!error) /* killed before it was written down in the book */
            image_remove (step->image, &error);
    }
    if (error)
        fail (task, work, error);
    else
        g_task_return_pointer (task, NULL, NULL);
}
