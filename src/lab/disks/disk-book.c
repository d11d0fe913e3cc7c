/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the files of the book; see disk-book.h. */
#include "lab/disks/disk-book.h"

#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "host/image/image-info.h"
#include "host/process/run-as.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOK_VERSION 1
#define ENTRY_MAX (1024 * 1024)
#define SUFFIX ".json"

#define F(name, word, type, ...)                                                                   \
    {                                                                                              \
        word, type, G_STRUCT_OFFSET (T, name), __VA_ARGS__                                         \
    }

/* clang-format off */
#define T DiskFile
static const Field file_fields[] = {
    F (name, "name", FIELD_STRING),
    F (format, "format", FIELD_STRING),
    F (inode, "inode", FIELD_INT),
    F (seam, "seam", FIELD_BOOL),
    { NULL },
};
#undef T
static const Record file_record = { "file", sizeof (DiskFile), file_fields };

#define T BaseIdentity
static const Field base_fields[] = {
    F (path, "path", FIELD_STRING),
    F (size, "size", FIELD_INT),
    F (seconds, "seconds", FIELD_INT),
    F (nanoseconds, "nanoseconds", FIELD_INT),
    { NULL },
};
#undef T
static const Record base_record = { "base", sizeof (BaseIdentity), base_fields };

#define T DiskEntry
static const Field entry_fields[] = {
    F (version, "version", FIELD_INT),
    F (machine, "machine", FIELD_STRING),
    F (disk, "disk", FIELD_STRING),
    F (source, "source", FIELD_STRING),
    F (files, "files", FIELD_RECORDS, .record = &file_record),
    F (base, "base", FIELD_RECORD, .record = &base_record),
    F (copy_of, "copy_of", FIELD_STRING),
    F (job, "job", FIELD_STRING),
    { NULL },
};
#undef T
const Record disk_entry_record = { "disk", sizeof (DiskEntry), entry_fields };
/* clang-format on */

void
disk_file_free (gpointer file)
{
    record_free (&file_record, file);
}

void
disk_entry_free (DiskEntry *entry)
{
    record_free (&disk_entry_record, entry);
}

/* Of a device only the size says anything: its node's times are those of the
 * host's start. */
static void
look_at (BaseIdentity *base, const char *path)
{
    struct stat info = { 0 };

    base->size = -1;
    if (stat (path, &info) < 0)
        return;
    base->size = S_ISREG (info.st_mode) ? info.st_size : image_read_size (path, "raw");
    base->seconds = S_ISREG (info.st_mode) ? info.st_mtim.tv_sec : 0;
    base->nanoseconds = S_ISREG (info.st_mode) ? info.st_mtim.tv_nsec : 0;
}

DiskEntry *
disk_entry_new (const char *machine, const char *disk, const char *source, const char *base)
{
    DiskEntry *entry = record_new (&disk_entry_record);

    entry->version = BOOK_VERSION;
    entry->machine = g_strdup (machine);
    entry->disk = g_strdup (disk);
    entry->source = g_strdup (source);
    disk_entry_set_base (entry, base);
    return entry;
}

void
disk_entry_set_base (DiskEntry *entry, const char *base)
{
    record_free (&base_record, entry->base);
    entry->base = NULL;
    if (!base)
        return;
    entry->base = record_new (&base_record);
    entry->base->path = g_strdup (base);
    look_at (entry->base, base);
}

static char *
entry_path (const char *folder, const char *machine, const char *disk)
{
    g_autofree char *name = g_strdup_printf ("%s.%s" SUFFIX, machine, disk);

    return g_build_filename (folder, name, NULL);
}

/* a name leads nowhere but into the folder */
static gboolean
is_name (const char *name)
{
    return name && *name && !strchr (name, '/');
}

gboolean
disk_entry_is_sound (const DiskEntry *entry)
{
    gboolean sound = entry->version == BOOK_VERSION && is_name (entry->machine) &&
                     is_name (entry->disk) && entry->files->len > 0 &&
                     (!entry->base || entry->base->path);

    for (guint i = 0; sound && i < entry->files->len; i++) {
        const DiskFile *file = g_ptr_array_index (entry->files, i);

        sound = is_name (file->name) && file->format;
    }
    return sound;
}

static DiskEntry *
read_file (const char *path, GError **error)
{
    g_autofree char *text = file_read_own (path, ENTRY_MAX, error);
    g_autoptr (JsonNode) node = text ? json_from_text (text, NULL) : NULL;
    g_autoptr (DiskEntry) entry = node ? record_from_json (&disk_entry_record, node, NULL) : NULL;

    if (!text || (entry && disk_entry_is_sound (entry)))
        return g_steal_pointer (&entry);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "it is not of this program's making");
    return NULL;
}

DiskEntry *
disk_book_read (const char *folder, const char *machine, const char *disk, GError **error)
{
    g_autofree char *path = entry_path (folder, machine, disk);
    GError *local = NULL;
    DiskEntry *entry = read_file (path, &local);

    if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_error_free (local);
    } else if (local) {
        g_propagate_prefixed_error (error, local, "disk %s/%s: reading %s: ", machine, disk, path);
        roost_error_reclass (error, ROOST_ERROR_HOST);
    }
    return entry;
}

gboolean
disk_book_write (const char *folder, const DiskEntry *entry, GError **error)
{
    g_autofree char *path = entry_path (folder, entry->machine, entry->disk);
    g_autoptr (JsonNode) node = record_to_json (&disk_entry_record, entry);
    g_autofree char *text = json_to_pretty_text (node);

    if (file_write_whole (path, text, strlen (text), 0600, error))
        return TRUE;
    g_prefix_error (error, "disk %s/%s: ", entry->machine, entry->disk);
    roost_error_reclass (error, ROOST_ERROR_HOST);
    return FALSE;
}

static int
by_owner (gconstpointer a, gconstpointer b)
{
    const DiskEntry *one = *(DiskEntry *const *)a, *other = *(DiskEntry *const *)b;
    int order = strcmp (one->machine, other->machine);

    return order ? order : strcmp (one->disk, other->disk);
}

GPtrArray *
disk_book_list (const char *folder)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify)disk_entry_free);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        DiskEntry *entry = g_str_has_suffix (name, SUFFIX) ? read_file (path, NULL) : NULL;

        if (entry)
            g_ptr_array_add (entries, entry);
    }
    g_ptr_array_sort (entries, by_owner);
    return entries;
}

static gboolean
delete_file (const char *folder, const DiskFile *file, GError **error)
{
    g_autofree char *path = disk_file_path (folder, file);

    if (!disk_file_is_ours (folder, file) || unlink (path) == 0 || errno == ENOENT)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "deleting %s: %s", path, g_strerror (errno));
    return FALSE;
}

gboolean
disk_book_delete (const char *folder, const DiskEntry *entry, GError **error)
{
    g_autofree char *path = entry_path (folder, entry->machine, entry->disk);

    for (guint i = entry->files->len; i-- > 0;)
        if (!delete_file (folder, g_ptr_array_index (entry->files, i), error))
            return FALSE;
    unlink (path);
    return TRUE;
}

/* What was another user's, while the lab ran as that one. */
static gboolean
take_back (const char *path, GError **error)
{
    g_autoptr (RunAs) owner = image_find_owner (path);

    return run_as_take_back (owner, path, error);
}

gboolean
disk_book_give (const char *folder, const DiskEntry *entry, const RunAs *user, GError **error)
{
    for (guint i = 0; i < entry->files->len; i++) {
        const DiskFile *file = g_ptr_array_index (entry->files, i);
        g_autofree char *path = disk_file_path (folder, file);

        if (disk_file_is_ours (folder, file) &&
            !(user ? run_as_give (user, path, error) : take_back (path, error)))
            return FALSE;
    }
    return TRUE;
}

const DiskFile *
disk_entry_head (const DiskEntry *entry)
{
    return g_ptr_array_index (entry->files, entry->files->len - 1);
}

char *
disk_file_path (const char *folder, const DiskFile *file)
{
    return g_build_filename (folder, file->name, NULL);
}

static gint64
inode_of (const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    struct stat info;

    return lstat (path, &info) == 0 && S_ISREG (info.st_mode) ? (gint64)info.st_ino : 0;
}

gboolean
disk_file_is_ours (const char *folder, const DiskFile *file)
{
    return file->inode != 0 && inode_of (folder, file->name) == file->inode;
}

void
disk_entry_push (DiskEntry *entry, const char *folder, const char *name, const char *format)
{
    DiskFile *file = record_new (&file_record);

    file->name = g_strdup (name);
    file->format = g_strdup (format);
    file->inode = inode_of (folder, name);
    g_ptr_array_add (entry->files, file);
}

void
disk_entry_push_seam (DiskEntry *entry, const char *folder, const char *name)
{
    disk_entry_push (entry, folder, name, "qcow2");
    ((DiskFile *)g_ptr_array_index (entry->files, entry->files->len - 1))->seam = TRUE;
}

char *
disk_entry_next_name (const DiskEntry *entry, const char *folder)
{
    for (guint n = entry->files->len;; n++) {
        g_autofree char *name = g_strdup_printf ("%s.%s.%u.qcow2", entry->machine, entry->disk, n);
        g_autofree char *path = g_build_filename (folder, name, NULL);
        struct stat info;

        if (lstat (path, &info) < 0)
            return g_steal_pointer (&name);
    }
}

char *
disk_entry_base_problem (const DiskEntry *entry)
{
    const BaseIdentity *was = entry->base;
    g_autoptr (GDateTime) then = NULL, now = NULL;
    g_autofree char *then_text = NULL, *now_text = NULL;
    BaseIdentity is = { 0 };

    if (!was || g_strcmp0 (entry->job, DISK_JOB_IMAGE) == 0) /* it was being written to */
        return NULL;
    look_at (&is, was->path);
    if (is.size < 0)
        return g_strdup_printf ("%s, on which it stands, is gone: put it back, or delete the disk "
                                "(roost image rm)",
                                was->path);
    if (is.size == was->size && is.seconds == was->seconds && is.nanoseconds == was->nanoseconds)
        return NULL;
    then = g_date_time_new_from_unix_local (was->seconds);
    now = g_date_time_new_from_unix_local (is.seconds);
    then_text = g_date_time_format (then, "%F %T");
    now_text = g_date_time_format (now, "%F %T");
    return g_strdup_printf ("%s, on which it stands, has changed since (%" G_GINT64_FORMAT
                            " bytes of %s, now %" G_GINT64_FORMAT
                            " of %s), so that it is likely to be broken: put the old image back, "
                            "delete the disk (roost image rm), or take it as it is with --force",
                            was->path, was->size, then_text, is.size, now_text);
}

void
disk_entry_accept_base (DiskEntry *entry)
{
    if (entry->base)
        look_at (entry->base, entry->base->path);
}

void
disk_book_tell_facts (const char *state_dir, HostFacts *facts)
{
    g_autofree char *folder = g_build_filename (state_dir, "disks", NULL);
    g_autoptr (GPtrArray) entries = disk_book_list (folder);

    for (guint i = 0; i < entries->len; i++) {
        const DiskEntry *entry = g_ptr_array_index (entries, i);
        const DiskFile *head = disk_entry_head (entry);
        g_autofree char *path = disk_file_path (folder, head);

        if (access (path, F_OK) == 0)
            host_facts_add_head (facts, entry->machine, entry->disk, path, head->format);
    }
}
