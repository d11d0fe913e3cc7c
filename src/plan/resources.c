/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the sums of what a lab takes; see resources.h. */
#include "plan/resources.h"

#include <string.h>

#define MIB (1024 * 1024)
/* Measured, without what a guest touches: code, device models and translated
 * code of an emulator; and the supervisor with its switches. */
#define EMULATOR_MEMORY (128 * (gint64)MIB)
#define SUPERVISOR_MEMORY (32 * (gint64)MIB)

#define F(name, word, type, ...)                                                                   \
    {                                                                                              \
        word, type, G_STRUCT_OFFSET (T, name), __VA_ARGS__                                         \
    }

/* clang-format off */
#define T ResourcesRow
static const Field row_fields[] = {
    F (name, "name", FIELD_STRING),
    F (cpus, "cpus", FIELD_INT),
    F (memory, "memory", FIELD_INT),
    F (disk, "disk", FIELD_INT),
    { NULL },
};
#undef T
static const Record row_record = { "machine", sizeof (ResourcesRow), row_fields };

#define T Resources
static const Field resources_fields[] = {
    F (lab, "lab", FIELD_STRING),
    F (cpus, "cpus", FIELD_INT),
    F (memory, "memory", FIELD_INT),
    F (disk, "disk", FIELD_INT),
    F (open_disks, "open_disks", FIELD_INT),
    F (machines, "machines", FIELD_RECORDS, .record = &row_record),
    { NULL },
};
#undef T
const Record resources_record = { "resources", sizeof (Resources), resources_fields };
/* clang-format on */

/* The images of a machine; their owner is `machine/disk`. */
static void
add_images (const Plan *plan, ResourcesRow *row, Resources *sum)
{
    gsize length = strlen (row->name);

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind != STEP_IMAGE || !step->image->owner ||
            strncmp (step->image->owner, row->name, length) != 0 ||
            step->image->owner[length] != '/')
            continue;
        row->disk += step->image->size;
        sum->open_disks += step->image->size == 0;
    }
}

Resources *
resources_of (const Plan *plan)
{
    Resources *sum = record_new (&resources_record);

    sum->lab = g_strdup (plan->lab);
    sum->memory = SUPERVISOR_MEMORY;
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        ResourcesRow *row;

        if (step->kind != STEP_MACHINE)
            continue;
        row = record_new (&row_record);
        row->name = g_strdup (step->machine->name);
        row->cpus = step->machine->cpus;
        row->memory = step->machine->memory + EMULATOR_MEMORY;
        add_images (plan, row, sum);
        sum->cpus += row->cpus;
        sum->memory += row->memory;
        sum->disk += row->disk;
        g_ptr_array_add (sum->machines, row);
    }
    return sum;
}

void
resources_free (Resources *resources)
{
    record_free (&resources_record, resources);
}

static gint64
in_mib (gint64 bytes)
{
    return (bytes + MIB - 1) / MIB;
}

char *
resources_to_sbatch (const Resources *resources)
{
    g_autofree char *tmp =
        resources->disk > 0
            ? g_strdup_printf ("#SBATCH --tmp=%" G_GINT64_FORMAT "M\n", in_mib (resources->disk))
            : g_strdup ("");

    return g_strdup_printf ("#SBATCH --job-name=%s\n"
                            "#SBATCH --nodes=1\n"
                            "#SBATCH --ntasks=1\n"
                            "#SBATCH --cpus-per-task=%" G_GINT64_FORMAT "\n"
                            "#SBATCH --mem=%" G_GINT64_FORMAT "M\n"
                            "%s",
                            resources->lab, resources->cpus, in_mib (resources->memory), tmp);
}
