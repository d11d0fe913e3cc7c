/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan/resources: what is summed up of a plan. */
/* Requirements: R24. */
#include "plan/resources.h"
#include "unit/tap.h"

#include <string.h>

#define GIB (1024 * 1024 * 1024ll)
#define MIB (1024 * 1024ll)

static void
add_image (Plan *plan, const char *owner, gint64 size)
{
    Step *step = record_new (&step_record);

    step->kind = STEP_IMAGE;
    step->image = record_new (&image_record);
    step->image->owner = g_strdup (owner);
    step->image->size = size;
    g_ptr_array_add (plan->steps, step);
}

static void
add_machine (Plan *plan, const char *name, gint64 cpus, gint64 memory)
{
    Step *step = record_new (&step_record);

    step->kind = STEP_MACHINE;
    step->machine = record_new (&machine_step_record);
    step->machine->name = g_strdup (name);
    step->machine->cpus = cpus;
    step->machine->memory = memory;
    g_ptr_array_add (plan->steps, step);
}

START_TEST (sums)
{
    g_autoptr (Plan) plan = plan_new ();
    g_autoptr (Resources) sum = NULL;
    g_autofree char *sbatch = NULL;
    const ResourcesRow *first;

    plan->lab = g_strdup ("cluster");
    add_image (plan, "esxi1/data", 1024 * GIB);
    add_image (plan, "esxi1/boot", 0);
    add_image (plan, "esxi10/data", 8 * GIB);
    add_machine (plan, "esxi1", 2, 4 * GIB);
    add_machine (plan, "esxi10", 4, 8 * GIB + 1);
    sum = resources_of (plan);
    ck_assert_int_eq (sum->cpus, 6);
    ck_assert_int_eq (sum->disk, 1032 * GIB);
    ck_assert_int_eq (sum->open_disks, 1);
    ck_assert_int_eq (sum->memory, 12 * GIB + 1 + (2 * 128 + 32) * MIB);
    first = g_ptr_array_index (sum->machines, 0);
    ck_assert_int_eq (first->disk, 1024 * GIB);
    sbatch = resources_to_sbatch (sum);
    ck_assert_str_eq (sbatch, "#SBATCH --job-name=cluster\n#SBATCH --nodes=1\n"
                              "#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=6\n"
                              "#SBATCH --mem=12577M\n#SBATCH --tmp=1056768M\n");
}
END_TEST

START_TEST (a_lab_without_disks)
{
    g_autoptr (Plan) plan = plan_new ();
    g_autoptr (Resources) sum = NULL;
    g_autofree char *sbatch = NULL;

    plan->lab = g_strdup ("small");
    add_machine (plan, "a", 1, 32 * MIB);
    sum = resources_of (plan);
    sbatch = resources_to_sbatch (sum);
    ck_assert_ptr_null (strstr (sbatch, "--tmp"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan-resources");
    TCase *tcase = tcase_create ("resources");

    tcase_add_test (tcase, sums);
    tcase_add_test (tcase, a_lab_without_disks);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
