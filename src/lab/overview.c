/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the JSON that query-lab answers; see overview.h. */
#include "lab/overview.h"

#include "base/record.h"
#include "machine/describe.h"
#include "lab/lab-private.h"

static JsonArray *
notes_of (const Plan *plan)
{
    JsonArray *notes = json_array_new ();

    for (gsize i = 0; plan->notes && plan->notes[i]; i++)
        json_array_add_string_element (notes, plan->notes[i]);
    return notes;
}

/* What is wrong with the lab rather than with a machine: helpers that have ended. */
static JsonArray *
problems_of (const LiveLab *lab)
{
    JsonArray *problems = json_array_new ();

    for (guint i = 0; lab->status == LAB_UP && i < lab->state->plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (lab->state->plan->steps, i);
        const Executed *executed =
            effects_step_is_helper (step) ? state_find (lab->state, step->id) : NULL;
        g_autofree char *text = NULL;

        if (!executed || process_is_alive (executed_process (executed)))
            continue;
        text = g_strdup_printf ("%s: its process (pid %" G_GINT64_FORMAT
                                ") has ended; bring the lab down and up again",
                                step->id, executed->pid);
        json_array_add_string_element (problems, text);
    }
    return problems;
}

JsonNode *
describe_lab (LiveLab *lab)
{
    const Plan *plan = live_lab_get_plan (lab);
    JsonObject *object = json_object_new ();
    JsonArray *machines = json_array_new ();

    json_object_set_string_member (object, "state", lab_state_names[live_lab_get_state (lab)]);
    if (plan) {
        json_object_set_string_member (object, "lab", plan->lab);
        json_object_set_string_member (object, "profile", plan->profile);
        json_object_set_string_member (object, "run_dir", plan->run_dir);
        json_object_set_string_member (object, "state_dir", plan->state_dir);
        json_object_set_array_member (object, "notes", notes_of (plan));
        json_object_set_array_member (object, "problems", problems_of (lab));
    }
    json_object_set_int_member (object, "supervisor_pid", process_self ().pid);
    for (guint i = 0; plan && i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_MACHINE)
            json_array_add_element (
                machines, describe_machine (live_lab_find_machine (lab, step->machine->name)));
    }
    json_object_set_array_member (object, "machines", machines);
    return json_take_object (object);
}
