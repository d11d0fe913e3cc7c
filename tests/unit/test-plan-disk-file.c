/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan/qemu/disk-file: another file in a command line that is written already. */
#include "plan/qemu/disk-file.h"
#include "unit/tap.h"

static MachineStep *
make_step (const char *option)
{
    const char *const argv[] = { "qemu",
                                 "-blockdev",
                                 "driver=raw,node-name=drive-data2,file.driver=file,"
                                 "file.filename=/other",
                                 "-blockdev",
                                 option,
                                 "-device",
                                 "virtio-blk-pci,drive=drive-data",
                                 NULL };
    MachineStep *step = record_new (&machine_step_record);
    DiskRecord *disk = record_new (&disk_record);

    step->argv = g_strdupv ((GStrv)argv);
    disk->name = g_strdup ("data");
    disk->path = g_strdup ("/old");
    disk->format = g_strdup ("raw");
    g_ptr_array_add (step->disks, disk);
    return step;
}

static const struct {
    const char *before, *path, *after;
} changes[] = {
    { "driver=raw,node-name=drive-data,file.driver=file,file.filename=/old", "/new",
      "driver=qcow2,node-name=drive-data,file.driver=file,file.filename=/new" },
    { "driver=raw,node-name=drive-data,cache.direct=on,file.driver=file,file.filename=/a,,b,"
      "file.aio=native",
      "/c,d=e",
      "driver=qcow2,node-name=drive-data,cache.direct=on,file.driver=file,file.filename=/c,,d=e,"
      "file.aio=native" },
};

START_TEST (another_file)
{
    MachineStep *step = make_step (changes[_i].before);
    const DiskRecord *disk = machine_step_find_disk (step, "data");

    ck_assert (machine_step_set_disk_file (step, "data", changes[_i].path, "qcow2"));
    ck_assert_str_eq (step->argv[4], changes[_i].after);
    ck_assert_str_eq (step->argv[2], "driver=raw,node-name=drive-data2,file.driver=file,"
                                     "file.filename=/other");
    ck_assert_str_eq (disk->path, changes[_i].path);
    ck_assert_str_eq (disk->format, "qcow2");
    record_free (&machine_step_record, step);
}
END_TEST

START_TEST (no_such_disk)
{
    MachineStep *step = make_step (changes[0].before);

    ck_assert (!machine_step_set_disk_file (step, "data2", "/new", "qcow2"));
    ck_assert (!machine_step_set_disk_file (step, "none", "/new", "qcow2"));
    ck_assert_str_eq (step->argv[4], changes[0].before);
    record_free (&machine_step_record, step);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan-disk-file");
    TCase *tcase = tcase_create ("file");

    tcase_add_loop_test (tcase, another_file, 0, G_N_ELEMENTS (changes));
    tcase_add_test (tcase, no_such_disk);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
