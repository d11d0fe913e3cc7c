/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as what a lab keeps of itself: a plan, an entry of the book of disks.  What is
 * believed is walked through as its readers do, and written and read again it is the same. */
#include "lab/disks/disk-book.h"
#include "lab/state.h"
#include "plan/qemu/part.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_again (const Record *record, gconstpointer data)
{
    g_autofree char *text = record_to_text (record, data), *again = NULL;
    g_autoptr (JsonNode) node = json_from_text (text, NULL);
    gpointer copy = node ? record_from_json (record, node, NULL) : NULL;

    g_assert_nonnull (copy);
    again = record_to_text (record, copy);
    g_assert_cmpstr (again, ==, text);
    record_free (record, copy);
}

static void
walk (const Plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_MACHINE)
            g_ptr_array_unref (part_list (step->machine));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);
    g_autoptr (JsonNode) node = json_from_text (text, NULL);
    Plan *plan = node ? record_from_json (&plan_record, node, NULL) : NULL;
    DiskEntry *entry = node ? record_from_json (&disk_entry_record, node, NULL) : NULL;

    if (plan) {
        check_again (&plan_record, plan);
        if (state_plan_is_whole (plan))
            walk (plan);
    }
    if (entry) {
        check_again (&disk_entry_record, entry);
        if (disk_entry_is_sound (entry))
            g_free (disk_file_path ("/", disk_entry_head (entry)));
    }
    plan_free (plan);
    disk_entry_free (entry);
    return 0;
}
