/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab/disks/disk-chain: which layers may become one, and what the book and checkpoints
 * have when some have. Layers are headers of qcow2 files. */
#include "host/tree.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/disk-chain.h"
#include "unit/tap.h"

#include <glib/gstdio.h>
#include <string.h>

#define CHECKPOINT                                                                                 \
    "{\"version\":1,\"name\":\"c\",\"lab\":\"l\",\"created\":\"2026\",\"machines\":[{\"machine\":" \
    "\"m\",\"ram\":\"m.ram\",\"disks\":[%s]}],\"plan\":{\"lab\":\"l\",\"state_dir\":\"%s\",\"run_" \
    "dir\":\"/r\",\"steps\":[{\"id\":\"machine:m\",\"kind\":\"machine\",\"machine\":{\"name\":"    \
    "\"m\",\"monitor\":\"/r/m.qmp\",\"log_dir\":\"/l\",\"argv\":[\"qemu\"]}}]}}"

static char *state_dir, *folder;

static void
set_up (void)
{
    state_dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    folder = g_build_filename (state_dir, "disks", NULL);
    ck_assert_int_eq (g_mkdir (folder, 0700), 0);
    g_setenv ("ROOST_STATE_DIR", state_dir, TRUE);
}

static void
tear_down (void)
{
    ck_assert (tree_remove (state_dir, NULL));
    g_free (folder);
    g_free (state_dir);
}

/* a layer over @backing, a name; NULL = over nothing */
static void
put_layer (const char *name, const char *backing)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *below = backing ? g_build_filename (folder, backing, NULL) : NULL;
    guint8 header[1200] = "QFI\xfb\0\0\0\3";

    if (below) {
        header[14] = 64 >> 8;
        header[15] = 64;
        header[19] = (guint8)strlen (below);
        memcpy (header + 64, below, strlen (below));
    }
    ck_assert (g_file_set_contents (path, (const char *)header, sizeof header, NULL));
}

/* m/d with the layers 0 to n - 1, each over the one before */
static DiskEntry *
make_chain (guint n)
{
    DiskEntry *entry = disk_entry_new ("m", "d", NULL, NULL);
    g_autofree char *below = NULL;

    for (guint i = 0; i < n; i++) {
        char *name = g_strdup_printf ("%u", i);

        put_layer (name, below);
        disk_entry_push (entry, folder, name, "qcow2");
        g_free (below);
        below = name;
    }
    ck_assert (disk_book_write (folder, entry, NULL));
    return entry;
}

/* a checkpoint of the first @n layers of @entry */
static void
put_checkpoint (const DiskEntry *entry, guint n)
{
    g_autoptr (JsonNode) node = record_to_json (&disk_entry_record, entry);
    g_autoptr (DiskEntry) then = record_from_json (&disk_entry_record, node, NULL);
    g_autofree char *path = checkpoint_folder (state_dir, "c"), *file = NULL, *text = NULL;
    g_autofree char *disk = NULL;
    g_autoptr (JsonNode) saved = NULL;
    g_autoptr (GPtrArray) list = NULL;

    g_ptr_array_set_size (then->files, (int)n);
    saved = record_to_json (&disk_entry_record, then);
    disk = json_to_string (saved, FALSE);
    text = g_strdup_printf (CHECKPOINT, disk, state_dir);
    file = g_build_filename (path, CHECKPOINT_FILE, NULL);
    ck_assert_int_eq (g_mkdir_with_parents (path, 0700), 0);
    ck_assert (g_file_set_contents (file, text, -1, NULL));
    list = checkpoint_list (state_dir);
    ck_assert_int_eq (list->len, 1);
}

static void
expect_chain (const DiskEntry *entry, const char *wanted)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < entry->files->len; i++)
        g_string_append_printf (text, "%s%s", i ? " " : "",
                                ((DiskFile *)g_ptr_array_index (entry->files, i))->name);
    ck_assert_str_eq (text->str, wanted);
    g_string_free (text, TRUE);
}

static gboolean
is_there (const char *name)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);

    return g_file_test (path, G_FILE_TEST_EXISTS);
}

START_TEST (needed_layers_stay)
{
    g_autoptr (DiskEntry) entry = make_chain (6);
    guint base, top;

    ck_assert (disk_chain_find_merge (entry, folder, 0, FALSE, &base, &top));
    ck_assert_uint_eq (base, 0);
    ck_assert_uint_eq (top, 5);
    ck_assert (disk_chain_find_merge (entry, folder, 4, FALSE, &base, &top));
    ck_assert_uint_eq (base, 4);
    ck_assert (!disk_chain_find_merge (entry, folder, 5, FALSE, &base, &top));
    ck_assert (disk_chain_is_free (entry, folder));
    /* what layer 3 shows is needed, so it stays and nothing goes into it */
    put_checkpoint (entry, 4);
    ck_assert (!disk_chain_is_free (entry, folder));
    ck_assert (disk_chain_find_merge (entry, folder, 0, FALSE, &base, &top));
    ck_assert_uint_eq (base, 4);
    ck_assert_uint_eq (top, 5);
    g_ptr_array_set_size (entry->files, 5);
    ck_assert (disk_chain_find_merge (entry, folder, 0, FALSE, &base, &top));
    ck_assert_uint_eq (base, 0);
    ck_assert_uint_eq (top, 2);
    ck_assert (!disk_chain_find_merge (entry, folder, 2, FALSE, &base, &top));
}
END_TEST

START_TEST (layers_between_go)
{
    g_autoptr (DiskEntry) entry = make_chain (5), read = NULL;
    g_autoptr (Checkpoint) checkpoint = NULL;
    const CheckpointMachine *part;

    put_checkpoint (entry, 4);
    put_layer ("3", "0"); /* 1 and 2 have gone into 0 */
    entry->job = g_strdup (DISK_JOB_COMMIT);
    ck_assert (disk_chain_settle (entry, folder, NULL, NULL));
    ck_assert_ptr_null (entry->job);
    read = disk_book_read (folder, "m", "d", NULL);
    expect_chain (read, "0 3 4");
    checkpoint = checkpoint_read (state_dir, "c", NULL);
    part = checkpoint_find_machine (checkpoint, "m");
    expect_chain (g_ptr_array_index (part->disks, 0), "0 3");
    ck_assert (!is_there ("1") && !is_there ("2") && is_there ("0") && is_there ("3"));
}
END_TEST

START_TEST (newest_layers_go)
{
    g_autoptr (DiskEntry) entry = make_chain (5);
    g_autofree char *head = g_build_filename (folder, "2", NULL);

    ck_assert (disk_chain_settle (entry, folder, head, NULL));
    expect_chain (entry, "0 1 2");
    ck_assert (is_there ("2") && !is_there ("3") && !is_there ("4"));
}
END_TEST

START_TEST (lower_layers_go)
{
    g_autoptr (DiskEntry) entry = make_chain (4);

    put_checkpoint (entry, 2);
    disk_entry_set_base (entry, "/somewhere");
    put_layer ("3", NULL);
    ck_assert (disk_chain_settle (entry, folder, NULL, NULL));
    expect_chain (entry, "3");
    ck_assert_ptr_null (entry->base);
    ck_assert (is_there ("0") && is_there ("1")); /* the checkpoint's */
    ck_assert (!is_there ("2") && is_there ("3"));
}
END_TEST

/* 0: the newest is no image; 1: it stands on something that nobody knows; 2: the
 * machine writes to something that nobody knows */
START_TEST (what_is_not_understood_stays)
{
    g_autoptr (DiskEntry) entry = make_chain (3);
    g_autofree char *newest = g_build_filename (folder, "2", NULL);

    if (_i == 0)
        ck_assert (g_file_set_contents (newest, "no image", -1, NULL));
    if (_i == 1)
        put_layer ("2", "unknown");
    ck_assert (disk_chain_settle (entry, folder, _i == 2 ? "/elsewhere" : NULL, NULL));
    expect_chain (entry, "0 1 2");
    ck_assert (is_there ("0") && is_there ("1") && is_there ("2"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-disk-chain");
    TCase *tcase = tcase_create ("chain");

    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_test (tcase, needed_layers_stay);
    tcase_add_test (tcase, layers_between_go);
    tcase_add_test (tcase, newest_layers_go);
    tcase_add_test (tcase, lower_layers_go);
    tcase_add_loop_test (tcase, what_is_not_understood_stays, 0, 3);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
