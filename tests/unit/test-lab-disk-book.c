/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab/disks/disk-book: what is written down of a lab's own disks, there and in
 * checkpoints, and what of it is believed. */
#include "base/file.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/disk-book.h"
#include "unit/tap.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

static char *folder;

static void
set_up (void)
{
    folder = g_dir_make_tmp ("roost-XXXXXX", NULL);
    ck_assert_ptr_nonnull (folder);
}

static void
tear_down (void)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_unlink (path);
    }
    ck_assert_int_eq (g_rmdir (folder), 0);
    g_free (folder);
}

static char *
put (const char *name, const char *text)
{
    char *path = g_build_filename (folder, name, NULL);

    ck_assert (file_write_whole (path, text, strlen (text), 0600, NULL));
    return path;
}

static gboolean
is_there (const char *name)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);

    return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* a disk of one layer over base.raw */
static DiskEntry *
make_entry (void)
{
    g_autofree char *base = put ("base.raw", "0123456789"), *path = put ("m.d.qcow2", "layer");
    DiskEntry *entry = disk_entry_new ("m", "d", base, base);

    disk_entry_push (entry, folder, "m.d.qcow2", "qcow2");
    return entry;
}

START_TEST (what_is_written_is_read)
{
    g_autoptr (DiskEntry) entry = make_entry (), again = NULL, none = NULL;
    g_autoptr (GPtrArray) all = NULL;
    GError *error = NULL;

    none = disk_book_read (folder, "m", "d", &error);
    ck_assert (!none && !error);
    ck_assert (disk_book_write (folder, entry, NULL));
    again = disk_book_read (folder, "m", "d", &error);
    ck_assert (again && !error);
    ck_assert_str_eq (disk_entry_head (again)->name, "m.d.qcow2");
    ck_assert_str_eq (again->source, entry->source);
    ck_assert_ptr_null (disk_entry_base_problem (again));
    all = disk_book_list (folder);
    ck_assert_uint_eq (all->len, 1);
}
END_TEST

START_TEST (layers)
{
    g_autoptr (DiskEntry) entry = make_entry ();
    g_autofree char *name = disk_entry_next_name (entry, folder), *path = NULL, *next = NULL;

    ck_assert_str_eq (name, "m.d.1.qcow2");
    path = put (name, "newer");
    next = disk_entry_next_name (entry, folder);
    ck_assert_str_eq (next, "m.d.2.qcow2"); /* what is there is not written over */
    disk_entry_push (entry, folder, name, "qcow2");
    ck_assert_str_eq (disk_entry_head (entry)->name, name);
}
END_TEST

START_TEST (only_what_was_made_is_deleted)
{
    g_autoptr (DiskEntry) entry = make_entry ();
    g_autofree char *mine = NULL;

    ck_assert (disk_book_write (folder, entry, NULL));
    mine = put ("m.d.qcow2", "the user's own, in its place"); /* renamed over it */
    ck_assert (!disk_file_is_ours (folder, disk_entry_head (entry)));
    ck_assert (disk_book_delete (folder, entry, NULL));
    ck_assert (is_there ("m.d.qcow2") && is_there ("base.raw") && !is_there ("m.d.json"));
}
END_TEST

START_TEST (images_below_that_change)
{
    g_autoptr (DiskEntry) entry = make_entry ();
    g_autofree char *problem = NULL, *longer = NULL, *gone = NULL;
    struct utimbuf then = { 1000000000, 1000000000 };

    g_utime (entry->base->path, &then);
    problem = disk_entry_base_problem (entry);
    ck_assert_ptr_nonnull (strstr (problem, "has changed since"));
    disk_entry_accept_base (entry);
    ck_assert_ptr_null (disk_entry_base_problem (entry));
    longer = put ("base.raw", "0123456789 and more");
    g_utime (entry->base->path, &then);
    g_free (problem);
    problem = disk_entry_base_problem (entry);
    ck_assert_ptr_nonnull (strstr (problem, "has changed since"));
    g_unlink (entry->base->path);
    gone = disk_entry_base_problem (entry);
    ck_assert_ptr_nonnull (strstr (gone, "is gone"));
    disk_entry_set_base (entry, NULL);
    ck_assert_ptr_null (disk_entry_base_problem (entry));
}
END_TEST

static const char *const garbage[] = {
    "",
    "[",
    "{}",
    "{\"version\":1,\"machine\":\"m\",\"disk\":\"d\",\"files\":[]}",
    "{\"version\":2,\"machine\":\"m\",\"disk\":\"d\",\"files\":[{\"name\":\"x\",\"format\":\"raw\"}"
    "]}",
    "{\"version\":1,\"machine\":\"m\",\"disk\":\"d\",\"files\":[{\"name\":\"../"
    "x\",\"format\":\"raw\"}]}",
    "{\"version\":1,\"machine\":\"m\",\"disk\":\"d\",\"files\":[{\"name\":\"x\"}]}",
    "{\"version\":1,\"machine\":\"m\",\"disk\":\"d\",\"files\":[{\"name\":\"x\",\"format\":\"raw\"}"
    "],"
    "\"base\":{}}",
    "{\"version\":1,\"machine\":\"../m\",\"disk\":\"d\",\"files\":[{\"name\":\"x\",\"format\":"
    "\"raw\"}]}",
};

START_TEST (garbage_is_refused)
{
    g_autofree char *path = put ("m.d.json", garbage[_i]);
    g_autoptr (GPtrArray) all = disk_book_list (folder);
    g_autoptr (GError) error = NULL;

    ck_assert_ptr_null (disk_book_read (folder, "m", "d", &error));
    ck_assert (g_str_has_prefix (error->message, "disk m/d: reading "));
    ck_assert_uint_eq (all->len, 0);
}
END_TEST

static Plan *
make_plan (void)
{
    Plan *plan = plan_new ();
    Step *step = record_new (&step_record);

    plan->lab = g_strdup ("lab");
    plan->run_dir = g_strdup ("/x");
    plan->state_dir = g_strdup (folder);
    step->id = g_strdup ("machine:m");
    step->kind = STEP_MACHINE;
    step->machine = record_new (&machine_step_record);
    step->machine->name = g_strdup ("m");
    step->machine->monitor = g_strdup ("/x/m");
    step->machine->log_dir = g_strdup ("/x");
    step->machine->argv = g_strsplit ("/bin/false", " ", -1);
    g_ptr_array_add (plan->steps, step);
    return plan;
}

static gboolean
is_believed (const char *text)
{
    g_autofree char *path = put ("checkpoint.json", text);
    g_autofree char *all = g_build_filename (folder, "checkpoints", NULL);
    g_autofree char *its = g_build_filename (all, "c", NULL);
    g_autofree char *there = g_build_filename (its, "checkpoint.json", NULL);
    g_autoptr (Checkpoint) checkpoint = NULL;

    ck_assert_int_eq (g_mkdir_with_parents (its, 0700), 0);
    ck_assert_int_eq (g_rename (path, there), 0);
    checkpoint = checkpoint_read (folder, "c", NULL);
    ck_assert (g_unlink (there) == 0 && g_rmdir (its) == 0 && g_rmdir (all) == 0);
    return checkpoint != NULL;
}

/* the members of a checkpoint's first machine */
static const struct {
    const char *machine;
    gboolean believed;
} checkpoints[] = {
    { "\"machine\":\"m\",\"ram\":\"m.ram\"", TRUE },
    { "\"machine\":\"m\",\"ram\":\"m.ram\",\"disks\":[%s]", TRUE },
    { "\"machine\":\"n\",\"ram\":\"m.ram\"", FALSE },
    { "\"machine\":\"m\",\"ram\":\"../m.ram\"", FALSE },
    { "\"machine\":\"m\",\"ram\":\"m.ram\",\"vars\":\"/etc/passwd\"", FALSE },
    { "\"machine\":\"m\",\"ram\":\"m.ram\",\"disks\":[{}]", FALSE },
    { "\"machine\":\"m\",\"ram\":\"m.ram\",\"disks\":[{\"version\":1,\"machine\":\"m\","
      "\"disk\":\"d\",\"files\":[{\"name\":\"../x\",\"format\":\"raw\",\"inode\":7}]}]",
      FALSE },
};

START_TEST (checkpoints_name_no_files_outside)
{
    g_autoptr (Plan) plan = make_plan ();
    g_autoptr (DiskEntry) entry = make_entry ();
    g_autofree char *disk = record_to_text (&disk_entry_record, entry);
    g_autoptr (GString) machine = g_string_new (checkpoints[_i].machine);
    g_autofree char *steps = record_to_text (&plan_record, plan), *text = NULL;

    g_string_replace (machine, "%s", disk, 1);
    text = g_strdup_printf (
        "{\"version\":1,\"name\":\"c\",\"lab\":\"lab\",\"machines\":[{%s}],\"plan\":%s}",
        machine->str, steps);
    ck_assert_int_eq (is_believed (text), checkpoints[_i].believed);
}
END_TEST

START_TEST (half_a_plan_is_no_checkpoint)
{
    ck_assert (
        !is_believed ("{\"version\":1,\"name\":\"c\",\"lab\":\"lab\",\"plan\":{\"steps\":[{}]}}"));
}
END_TEST

START_TEST (plans_follow_the_newest_layer)
{
    g_autofree char *disks = g_build_filename (folder, "disks", NULL), *state = folder;
    g_autoptr (HostFacts) facts = host_facts_new ();
    g_autoptr (DiskEntry) entry = NULL;
    const DiskHead *head;

    ck_assert_int_eq (g_mkdir (disks, 0700), 0);
    folder = disks;
    entry = make_entry ();
    ck_assert (disk_book_write (folder, entry, NULL));
    disk_book_tell_facts (state, facts);
    head = host_facts_head (facts, "m", "d");
    ck_assert (head && g_str_has_suffix (head->path, "/disks/m.d.qcow2"));
    ck_assert_ptr_null (host_facts_head (facts, "m", "e"));
    disk_book_delete (folder, entry, NULL);
    g_unlink (entry->base->path);
    ck_assert_int_eq (g_rmdir (disks), 0);
    folder = g_steal_pointer (&state);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-disk-book");
    TCase *tcase = tcase_create ("book");

    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_test (tcase, what_is_written_is_read);
    tcase_add_test (tcase, layers);
    tcase_add_test (tcase, only_what_was_made_is_deleted);
    tcase_add_test (tcase, images_below_that_change);
    tcase_add_loop_test (tcase, garbage_is_refused, 0, G_N_ELEMENTS (garbage));
    tcase_add_loop_test (tcase, checkpoints_name_no_files_outside, 0, G_N_ELEMENTS (checkpoints));
    tcase_add_test (tcase, half_a_plan_is_no_checkpoint);
    tcase_add_test (tcase, plans_follow_the_newest_layer);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
