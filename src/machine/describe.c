/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the JSON in which a machine is shown; see describe.h. */
#include "machine/describe.h"

#include "base/record.h"
#include "machine/once.h"

static void
add_string (JsonObject *object, const char *name, const char *value)
{
    if (value)
        json_object_set_string_member (object, name, value);
}

static void
add_strings (JsonObject *object, const char *name, GStrv values)
{
    JsonArray *array = json_array_new ();

    for (gsize i = 0; values && values[i]; i++)
        json_array_add_string_element (array, values[i]);
    json_object_set_array_member (object, name, array);
}

JsonNode *
describe_pair (const char *name, const char *value, const char *name2, const char *value2)
{
    JsonObject *object = json_object_new ();

    add_string (object, name, value);
    if (name2)
        add_string (object, name2, value2);
    return json_take_object (object);
}

static void
add_devices (JsonObject *object, const MachineStep *record)
{
    const Record *records = &machine_step_record;

    for (const Field *field = records->fields; field->name; field++) {
        JsonArray *array;
        GPtrArray *items;

        if (field->type != FIELD_RECORDS || field->offset == offsetof (MachineStep, fds))
            continue;
        items = *(GPtrArray *const *)((const char *)record + field->offset);
        array = json_array_new ();
        for (guint i = 0; i < items->len; i++)
            json_array_add_element (array,
                                    record_to_json (field->record, g_ptr_array_index (items, i)));
        json_object_set_array_member (object, field->name, array);
    }
}

JsonNode *
describe_machine (LiveMachine *machine)
{
    const MachineStep *record = live_machine_get_record (machine);
    JsonObject *object = json_object_new ();
    ProcessId process = live_machine_get_process (machine);

    add_string (object, "name", record->name);
    add_string (object, "state", machine_state_names[live_machine_get_state (machine)]);
    add_string (object, "ready", readiness_names[live_machine_get_readiness (machine)]);
    add_string (object, "problem", live_machine_get_problem (machine));
    add_string (object, "unready", live_machine_get_unready (machine));
    json_object_set_int_member (object, "since", live_machine_get_since (machine) / 1000);
    json_object_set_int_member (object, "pid", process.pid);
    json_object_set_int_member (object, "cpus", record->cpus);
    json_object_set_int_member (object, "memory", record->memory);
    add_string (object, "accel", record->accel);
    add_string (object, "place", record->place);
    add_string (object, "qmp", record->qmp);
    add_string (object, "qmp_ro", record->qmp_ro);
    add_strings (object, "serial_sockets", record->serial_sockets);
    add_strings (object, "serial_logs", record->serial_logs);
    add_string (object, "vnc", record->vnc);
    add_string (object, "spice", record->spice);
    add_string (object, "screen_address", record->screen_address);
    if (record->ssh)
        json_object_set_member (object, "ssh", record_to_json (&ssh_record, record->ssh));
    add_devices (object, record);
    json_object_set_boolean_member (object, "once_due", once_is_due (record));
    return json_take_object (object);
}
