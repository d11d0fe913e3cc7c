/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what can be asked of a lab's supervisor: one row per command, and what
 * the functions behind the rows share.
 */
#include "control/commands/command-private.h"

#include "base/error.h"
#include "base/text.h"
#include "control/schema.h"
#include "machine/describe.h"

#include <string.h>

/* --- what the commands share --- */

void
control_call_end (ControlCall *call, gboolean success, GError *error)
{
    if (success)
        control_call_return (call, NULL);
    else
        control_call_fail (call, error);
}

/* Returns: the error that tells that there is no @name, and which name is near it */
static GError *
no_machine (LiveLab *lab, const char *name)
{
    const Plan *plan = live_lab_get_plan (lab);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    const char *near;

    for (guint i = 0; plan && i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_MACHINE)
            g_ptr_array_add (names, step->machine->name);
    }
    g_ptr_array_add (names, NULL);
    near = text_suggest (name, (const char *const *)names->pdata);
    return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "the lab has no machine %s%s%s%s", name,
                        near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

LiveMachine *
control_call_get_machine (ControlCall *call)
{
    const char *name = control_call_get_string (call, "machine");
    LiveLab *lab = control_call_get_lab (call);
    LiveMachine *machine = live_lab_find_machine (lab, name);

    if (!machine)
        control_call_fail (call, no_machine (lab, name));
    return machine;
}

void
control_call_fail_state (ControlCall *call, LiveMachine *machine)
{
    control_call_fail (call, g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: it is %s",
                                          live_machine_get_record (machine)->name,
                                          machine_state_names[live_machine_get_state (machine)]));
}

StopOptions
control_call_stop_options (ControlCall *call)
{
    return (StopOptions){ .force = control_call_get_boolean (call, "force"),
                          .grace_ms =
                              CLAMP (control_call_get_int (call, "grace_ms"), 0, G_MAXINT32) };
}

/* --- the commands about the commands --- */

static void
run_query_commands (ControlCall *call)
{
    JsonArray *array = json_array_new ();
    JsonNode *node = json_node_new (JSON_NODE_ARRAY);

    json_array_add_element (array, describe_pair ("name", "qmp_capabilities", NULL, NULL));
    for (const ControlCommand *command = control_command_table (); command->name; command++)
        json_array_add_element (
            array, describe_pair ("name", command->name, "description", command->help));
    json_node_take_array (node, array);
    control_call_return (call, node);
}

static void
run_query_schema (ControlCall *call)
{
    control_call_return (call, control_schema ());
}

/* --- the table --- */

static const ControlArg no_args[] = { { NULL } };
static const ControlArg up_args[] = { { "plan", ARG_OBJECT, FALSE }, { "paused", ARG_BOOL, TRUE },
                                      { "force", ARG_BOOL, TRUE },   { "from", ARG_STRING, TRUE },
                                      { "restart", ARG_BOOL, TRUE }, { NULL } };
static const ControlArg down_args[] = { { "force", ARG_BOOL, TRUE },
                                        { "grace_ms", ARG_INT, TRUE },
                                        { NULL } };
static const ControlArg wait_args[] = { { "machines", ARG_STRINGS, TRUE }, { NULL } };
static const ControlArg machine_args[] = { { "machine", ARG_STRING, FALSE }, { NULL } };
static const ControlArg start_args[] = { { "machine", ARG_STRING, FALSE },
                                         { "paused", ARG_BOOL, TRUE },
                                         { "reset_vars", ARG_BOOL, TRUE },
                                         { "once", ARG_BOOL, TRUE },
                                         { NULL } };
static const ControlArg stop_args[] = { { "machine", ARG_STRING, FALSE },
                                        { "force", ARG_BOOL, TRUE },
                                        { "grace_ms", ARG_INT, TRUE },
                                        { NULL } };
static const ControlArg type_args[] = { { "machine", ARG_STRING, FALSE },
                                        { "text", ARG_STRING, FALSE },
                                        { "delay_ms", ARG_INT, TRUE },
                                        { NULL } };
static const ControlArg send_key_args[] = { { "machine", ARG_STRING, FALSE },
                                            { "keys", ARG_STRINGS, FALSE },
                                            { "delay_ms", ARG_INT, TRUE },
                                            { NULL } };
static const ControlArg until_args[] = { { "machine", ARG_STRING, FALSE },
                                         { "until", ARG_OBJECT, FALSE },
                                         { NULL } };
static const ControlArg forward_add_args[] = { { "machine", ARG_STRING, FALSE },
                                               { "forward", ARG_OBJECT, FALSE },
                                               { NULL } };
static const ControlArg forward_remove_args[] = { { "machine", ARG_STRING, FALSE },
                                                  { "forward", ARG_STRING, FALSE },
                                                  { NULL } };

static const ControlArg capture_start_args[] = { { "machine", ARG_STRING, FALSE },
                                                 { "nic", ARG_STRING, FALSE },
                                                 { "file", ARG_STRING, FALSE },
                                                 { NULL } };
static const ControlArg capture_stop_args[] = { { "machine", ARG_STRING, FALSE },
                                                { "id", ARG_STRING, FALSE },
                                                { NULL } };

static const ControlArg link_args[] = {
    { "machine", ARG_STRING, FALSE }, { "nic", ARG_STRING, FALSE },
    { "up", ARG_BOOL, TRUE },         { "impair", ARG_BOOL, TRUE },
    { "delay_ms", ARG_INT, TRUE },    { "loss_ppm", ARG_INT, TRUE },
    { "rate", ARG_INT, TRUE },        { NULL }
};

static const ControlArg checkpoint_args[] = { { "name", ARG_STRING, FALSE }, { NULL } };
static const ControlArg snapshot_args[] = { { "machine", ARG_STRING, FALSE },
                                            { "disk", ARG_STRING, FALSE },
                                            { NULL } };
static const ControlArg backup_args[] = { { "machine", ARG_STRING, FALSE },
                                          { "disk", ARG_STRING, FALSE },
                                          { "file", ARG_STRING, FALSE },
                                          { "speed", ARG_INT, TRUE },
                                          { NULL } };
static const ControlArg commit_args[] = {
    { "machine", ARG_STRING, FALSE }, { "disk", ARG_STRING, FALSE }, { "layer", ARG_STRING, TRUE },
    { "force", ARG_BOOL, TRUE },      { "speed", ARG_INT, TRUE },    { NULL }
};
static const ControlArg stream_args[] = { { "machine", ARG_STRING, FALSE },
                                          { "disk", ARG_STRING, FALSE },
                                          { "layer", ARG_STRING, TRUE },
                                          { "speed", ARG_INT, TRUE },
                                          { NULL } };
static const ControlArg media_args[] = { { "machine", ARG_STRING, FALSE },
                                         { "disk", ARG_STRING, FALSE },
                                         { "file", ARG_STRING, TRUE },
                                         { NULL } };

static const ControlCommand commands[] = {
    { "capture-start", run_capture_start, capture_start_args, TRUE,
      "write the frames of a NIC to a file" },
    { "capture-stop", run_capture_stop, capture_stop_args, FALSE, "end a capture" },
    { "checkpoint-remove", run_checkpoint_remove, checkpoint_args, FALSE,
      "delete a checkpoint, and merge the layers that only it needed" },
    { "checkpoint-save", run_checkpoint_save, checkpoint_args, FALSE,
      "save all machines at one instant" },
    { "disk-backup", run_disk_backup, backup_args, FALSE,
      "copy a disk in use to a file; DISK_JOB tells how far it is" },
    { "disk-cancel", run_disk_cancel, snapshot_args, FALSE,
      "give up the copy, commit or stream of a disk" },
    { "disk-commit", run_disk_commit, commit_args, FALSE,
      "write layers of a disk in use into those below them" },
    { "disk-snapshot", run_disk_snapshot, snapshot_args, TRUE, "put a new layer on a disk in use" },
    { "disk-stream", run_disk_stream, stream_args, FALSE,
      "copy what is below the newest layer of a disk in use into it" },
    { "forward-add", run_forward_add, forward_add_args, TRUE,
      "forward a port of the host into a machine that runs" },
    { "forward-remove", run_forward_remove, forward_remove_args, FALSE,
      "remove a forward, by its name or host port" },
    { "lab-cancel", run_lab_cancel, no_args, FALSE,
      "give up bringing the lab up, and undo what was done" },
    { "lab-down", run_lab_down, down_args, FALSE, "stop all machines and undo every step" },
    { "lab-up", run_lab_up, up_args, FALSE,
      "carry out a plan, in the form of `roost plan --json`" },
    { "lab-wait", run_lab_wait, wait_args, FALSE, "wait until machines, or all, are ready" },
    { "machine-link", run_machine_link, link_args, FALSE,
      "pull or plug a cable, delay and lose what comes through it" },
    { "machine-pause", run_machine_pause, machine_args, FALSE, "stop the processors" },
    { "machine-reset", run_machine_reset, machine_args, FALSE, "press the reset button" },
    { "machine-resume", run_machine_resume, machine_args, FALSE, "let the processors go on" },
    { "machine-screenshot", run_machine_screenshot, machine_args, TRUE, "picture the screen" },
    { "machine-send-key", run_machine_send_key, send_key_args, FALSE,
      "press keys, one combination after the other" },
    { "machine-start", run_machine_start, start_args, FALSE, "start a machine that is off" },
    { "machine-stop", run_machine_stop, stop_args, FALSE,
      "power a machine off: the button, then quit, then kill" },
    { "machine-type", run_machine_type, type_args, FALSE, "type a text on the keyboard" },
    { "machine-wait", run_machine_wait, until_args, FALSE,
      "wait for a condition, or until the machine is ready" },
    { "media-change", run_media_change, media_args, FALSE,
      "put a medium into a drive, or take it out" },
    { "query-commands", run_query_commands, no_args, TRUE, "these names" },
    { "query-lab", run_query_lab, no_args, TRUE, "states of the lab and its machines" },
    { "query-qmp-schema", run_query_schema, no_args, TRUE,
      "arguments and events, in the form of QEMU's schema" },
    { "query-story", run_query_story, machine_args, TRUE,
      "how the last starts of a machine ended" },
    { "query-switches", run_query_switches, no_args, TRUE,
      "ports, addresses and counters of switches" },
    { NULL },
};

const ControlCommand *
control_command_table (void)
{
    return commands;
}

const ControlCommand *
control_command_find (const char *name)
{
    for (const ControlCommand *command = commands; command->name; command++)
        if (g_str_equal (command->name, name))
            return command;
    return NULL;
}
