/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what an image step does to the host, and how that is undone. */
#include "lab/effect.h"

#include "host/image.h"

static void
image_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Executed *executed = g_task_get_task_data (task);
    ImageResult made = { 0 };
    GError *error = NULL;

    if (!image_make_finish (result, &made, &error)) {
        g_task_return_error (task, error);
        return;
    }
    executed->created = made.created;
    g_task_return_pointer (task, made.note, g_free);
}

/* Whether it is ours to delete cannot be seen any more once it is there. */
void
image_prepare (const Step *step, Executed *executed)
{
    executed->created = !g_file_test (step->image->path, G_FILE_TEST_EXISTS);
}

void
image_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    g_task_set_task_data (task, executed, NULL);
    image_make_async (step->image, context->cancellable, image_made, g_object_ref (task));
}

void
image_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    GError *error = NULL;

    image_discard_part (step->image); /* of a supervisor that was killed while it was made */
    if (!context->rollback || !executed->created || image_remove (step->image, &error))
        g_task_return_pointer (task, NULL, NULL);
    else
        g_task_return_error (task, error);
}
