/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the schema of the control socket: made from the table of commands, and the
 * table of events below.
 */
#include "control/schema.h"

#include "control/commands/command.h"

#define EMPTY "0" /* the object without members */

typedef struct {
    const char *name;
    const char *type;
    gboolean optional;
} Member;

/* The events of a lab; tests/check-events.sh looks for the others. */
static const struct {
    const char *name;
    Member members[6];
} EVENTS[] = {
    { "DISK_JOB",
      { { "machine", "str", FALSE },
        { "disk", "str", FALSE },
        { "job", "str", FALSE },
        { "percent", "int", TRUE },
        { "error", "str", TRUE } } },
    { "HELPER_LOST", { { "step", "str", FALSE }, { "how", "str", FALSE } } },
    { "LAB_STATE", { { "state", "str", FALSE } } },
    { "MACHINE_STATE", { { "name", "str", FALSE }, { "state", "str", FALSE } } }, /* and more */
    { "STEP_DONE",
      { { "step", "str", FALSE }, { "note", "str", TRUE }, { "error", "str", TRUE } } },
    { "STEP_PROGRESS", { { "step", "str", FALSE }, { "percent", "int", FALSE } } },
    { "STEP_STARTED", { { "step", "str", FALSE }, { "direction", "str", FALSE } } },
    { "STEP_UNDONE",
      { { "step", "str", FALSE }, { "note", "str", TRUE }, { "error", "str", TRUE } } },
};

static const struct {
    const char *name;
    const char *json_type;
} BUILTINS[] = {
    { "any", "value" },
    { "bool", "boolean" },
    { "int", "int" },
    { "str", "string" },
};

static const char *const ARG_TYPES[] = {
    [ARG_STRING] = "str", [ARG_STRINGS] = "[str]", [ARG_BOOL] = "bool",
    [ARG_INT] = "int",    [ARG_OBJECT] = "any",
};

typedef struct {
    JsonBuilder *builder;
    guint last_type;
} Schema;

static void
add_pair (Schema *schema, const char *name, const char *value)
{
    json_builder_set_member_name (schema->builder, name);
    json_builder_add_string_value (schema->builder, value);
}

static void
begin_entity (Schema *schema, const char *name, const char *kind)
{
    json_builder_begin_object (schema->builder);
    add_pair (schema, "name", name);
    add_pair (schema, "meta-type", kind);
}

static void
end_entity (Schema *schema)
{
    json_builder_end_object (schema->builder);
}

static void
add_member (Schema *schema, const Member *member)
{
    json_builder_begin_object (schema->builder);
    add_pair (schema, "name", member->name);
    if (member->optional) {
        json_builder_set_member_name (schema->builder, "default");
        json_builder_add_null_value (schema->builder);
    }
    add_pair (schema, "type", member->type);
    json_builder_end_object (schema->builder);
}

static void
add_object (Schema *schema, const char *name, const Member *members)
{
    begin_entity (schema, name, "object");
    json_builder_set_member_name (schema->builder, "members");
    json_builder_begin_array (schema->builder);
    for (const Member *member = members; member && member->name; member++)
        add_member (schema, member);
    json_builder_end_array (schema->builder);
    end_entity (schema);
}

static void
add_array (Schema *schema, const char *name, const char *element)
{
    begin_entity (schema, name, "array");
    add_pair (schema, "element-type", element);
    end_entity (schema);
}

static void
add_command_entity (Schema *schema, const char *name, const char *arg_type, const char *ret_type)
{
    begin_entity (schema, name, "command");
    add_pair (schema, "arg-type", arg_type);
    add_pair (schema, "ret-type", ret_type);
    json_builder_set_member_name (schema->builder, "allow-oob");
    json_builder_add_boolean_value (schema->builder, FALSE);
    end_entity (schema);
}

/* Returns: (transfer full): the name of a new type */
static char *
new_type (Schema *schema)
{
    return g_strdup_printf ("%u", ++schema->last_type);
}

static void
add_command (Schema *schema, const ControlCommand *command)
{
    g_autoptr (GArray) members = g_array_new (TRUE, TRUE, sizeof (Member));
    g_autofree char *type = command->args->name ? new_type (schema) : g_strdup (EMPTY);

    for (const ControlArg *arg = command->args; arg->name; arg++) {
        Member member = { arg->name, ARG_TYPES[arg->type], arg->optional };

        g_array_append_val (members, member);
    }
    if (members->len > 0)
        add_object (schema, type, (const Member *)(gpointer)members->data);
    add_command_entity (schema, command->name, type, command->has_value ? "any" : EMPTY);
}

JsonNode *
control_schema (void)
{
    static const Member capabilities[] = { { "enable", "[str]", TRUE }, { NULL } };
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    Schema schema = { builder, 0 };
    g_autofree char *negotiation = new_type (&schema);

    json_builder_begin_array (builder);
    add_object (&schema, negotiation, capabilities);
    add_command_entity (&schema, "qmp_capabilities", negotiation, EMPTY);
    for (const ControlCommand *command = control_command_table (); command->name; command++)
        add_command (&schema, command);
    for (gsize i = 0; i < G_N_ELEMENTS (EVENTS); i++) {
        g_autofree char *type = new_type (&schema);

        add_object (&schema, type, EVENTS[i].members);
        begin_entity (&schema, EVENTS[i].name, "event");
        add_pair (&schema, "arg-type", type);
        end_entity (&schema);
    }
    add_object (&schema, EMPTY, NULL);
    add_array (&schema, "[str]", "str");
    for (gsize i = 0; i < G_N_ELEMENTS (BUILTINS); i++) {
        begin_entity (&schema, BUILTINS[i].name, "builtin");
        add_pair (&schema, "json-type", BUILTINS[i].json_type);
        end_entity (&schema);
    }
    json_builder_end_array (builder);
    return json_builder_get_root (builder);
}
