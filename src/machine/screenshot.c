/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns taking pictures of a screen: add-fd, screendump, remove-fd. */
#include "machine/screenshot.h"

#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "qmp/qmp-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define COMMAND_TIMEOUT_MS (30 * 1000)
#define PICTURE_MAX (256 * 1024 * 1024) /* 8192 × 8192 and more */

typedef struct {
    QmpClient *qmp;
    char *format;
    int memory;
    gint64 set; /* id of the descriptor set in the emulator; -1 */
} Shot;

static void
shot_free (gpointer data)
{
    Shot *shot = data;

    auto_fd_close (shot->memory);
    g_object_unref (shot->qmp);
    g_free (shot->format);
    g_free (shot);
}

/* nobody waits for it: a set without users costs nothing */
static void
removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
}

static void
remove_set (const Shot *shot)
{
    JsonObject *object = json_object_new ();
    g_autoptr (JsonNode) arguments = json_take_object (object);

    json_object_set_int_member (object, "fdset-id", shot->set);
    qmp_client_execute_async (shot->qmp, "remove-fd", arguments, COMMAND_TIMEOUT_MS, NULL, removed,
                              NULL);
}

static GBytes *
read_picture (const Shot *shot, GError **error)
{
    struct stat st;
    g_autofree char *picture = NULL;

    if (fstat (shot->memory, &st) < 0 || st.st_size <= 0 || st.st_size > PICTURE_MAX) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the picture is %s",
                     st.st_size > 0 ? "too large" : "empty");
        return NULL;
    }
    picture = g_malloc (st.st_size);
    if (pread (shot->memory, picture, st.st_size, 0) != st.st_size) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the picture could not be read: %s",
                     g_strerror (errno));
        return NULL;
    }
    return g_bytes_new_take (g_steal_pointer (&picture), st.st_size);
}

/* The words of the emulator, without the class before them. */
static GError *
failure (GError *error)
{
    GError *told;

    if (error->domain != QMP_ERROR || !qmp_error_get_class (error))
        return error;
    told = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "taking a picture of the screen: %s%s",
                        qmp_error_get_description (error),
                        strstr (qmp_error_get_description (error), "no console")
                            ? "; a machine has a screen with video: std in its profile"
                            : "");
    g_error_free (error);
    return told;
}

static void
dumped (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Shot *shot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    GBytes *picture = value ? read_picture (shot, &error) : NULL;

    remove_set (shot);
    if (picture)
        g_task_return_pointer (task, picture, (GDestroyNotify)g_bytes_unref);
    else
        g_task_return_error (task, failure (error));
}

/* Returns: the id of the set in the answer to add-fd; -1 */
static gint64
read_set (const QmpReply *reply)
{
    g_autofree char *text =
        reply && reply->value ? g_strndup (reply->value, reply->value_length) : NULL;
    g_autoptr (JsonNode) node = text ? json_from_text (text, NULL) : NULL;

    if (!node || !JSON_NODE_HOLDS_OBJECT (node))
        return -1;
    return json_object_get_int_member_with_default (json_node_get_object (node), "fdset-id", -1);
}

static void
handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Shot *shot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);
    g_autofree char *path = NULL;
    g_autoptr (JsonNode) arguments = NULL;
    JsonObject *object;

    shot->set = read_set (reply);
    if (shot->set < 0) {
        if (!error)
            error =
                g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "the emulator takes no file: %.*s",
                             (int)reply->error_length, reply->error ? reply->error : "");
        g_task_return_error (task, error);
        return;
    }
    path = g_strdup_printf ("/dev/fdset/%" G_GINT64_FORMAT, shot->set);
    object = json_object_new ();
    arguments = json_take_object (object);
    json_object_set_string_member (object, "filename", path);
    if (!g_str_equal (shot->format, "ppm")) /* which emulators before 7.1 know alone */
        json_object_set_string_member (object, "format", shot->format);
    qmp_client_execute_async (shot->qmp, "screendump", arguments, COMMAND_TIMEOUT_MS,
                              g_task_get_cancellable (task), dumped, g_object_ref (task));
}

void
screenshot_take_async (QmpClient *qmp, const char *format, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Shot *shot = g_new0 (Shot, 1);
    g_autofree char *path = NULL;
    g_auto (AutoFd) writer = -1;
    QmpCallOptions options = { .timeout_ms = COMMAND_TIMEOUT_MS, .fds = &writer, .n_fds = 1 };

    *shot = (Shot){ g_object_ref (qmp), g_strdup (format), -1, -1 };
    g_task_set_source_tag (task, screenshot_take_async);
    g_task_set_task_data (task, shot, shot_free);
    shot->memory = memfd_create ("roost-screen", MFD_CLOEXEC);
    path = g_strdup_printf ("/proc/self/fd/%d", shot->memory);
    /* the emulator takes a descriptor only for what it is open for: writing alone */
    writer = shot->memory < 0 ? -1 : open (path, O_WRONLY | O_CLOEXEC);
    if (writer < 0)
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST,
                                 "making memory for a picture: %s", g_strerror (errno));
    else
        /* not to be cancelled: what it has handed over is to be taken back */
        qmp_client_call_async (qmp, "add-fd", NULL, 0, &options, NULL, handed_over,
                               g_object_ref (task));
}

GBytes *
screenshot_take_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
