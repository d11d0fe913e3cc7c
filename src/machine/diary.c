/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the file of an emulator's events; see diary.h. */
#include "machine/diary.h"

#include "base/file.h"
#include "base/record.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A guest that reboots for ever writes for ever: only the end is read. */
#define TAIL_MAX (256 * 1024)
/* What stays when the rest is let go: the greeting, and more than is ever read */
#define HEAD_KEPT (64 * 1024)
#define TAIL_KEPT (2 * TAIL_MAX)

char *
diary_path (const MachineStep *record)
{
    g_autofree char *name = g_strconcat (record->name, ".events.log", NULL);

    return g_build_filename (record->log_dir, name, NULL);
}

/* The emulator appends meanwhile, and we may be killed at any moment: nothing is moved
 * and nothing is cut, so that no event can get lost. */
void
diary_trim (const MachineStep *record)
{
    g_autofree char *path = diary_path (record);
    g_auto (AutoFd) fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat info;
    off_t end;

    if (fd < 0 || fstat (fd, &info) < 0)
        return;
    end = (info.st_size - TAIL_KEPT) / HEAD_KEPT * HEAD_KEPT;
    if (end > HEAD_KEPT &&
        fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HEAD_KEPT, end - HEAD_KEPT) < 0)
        g_debug ("machine %s: %s grows: the file system makes no holes", record->name, path);
}

JsonNode *
diary_greeting (const MachineStep *record)
{
    g_autofree char *path = diary_path (record);
    g_autofree char *head = file_read_small (path);

    if (!head)
        return NULL;
    head[strcspn (head, "\n")] = '\0';
    return json_from_text (head, NULL);
}

JsonObject *
diary_find_last (const MachineStep *record, const char *event)
{
    g_autofree char *path = diary_path (record);
    g_autofree char *tail = file_tail (path, TAIL_MAX);
    g_auto (GStrv) lines = g_strsplit (tail, "\n", -1);

    for (guint i = g_strv_length (lines); i-- > 0;) {
        g_autoptr (JsonNode) node =
            strstr (lines[i], event) ? json_from_text (lines[i], NULL) : NULL;
        JsonObject *object =
            node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

        if (object && json_object_has_member (object, "event") &&
            g_strcmp0 (json_object_get_string_member (object, "event"), event) == 0)
            return json_object_ref (object);
    }
    return NULL;
}

char *
diary_reason (const MachineStep *record, const char *event)
{
    g_autoptr (JsonObject) object = diary_find_last (record, event);
    JsonNode *data = object ? json_object_get_member (object, "data") : NULL;

    return g_strdup (
        data && JSON_NODE_HOLDS_OBJECT (data)
            ? json_object_get_string_member_with_default (json_node_get_object (data), "reason", "")
            : "");
}
