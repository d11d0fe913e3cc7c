/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of the control socket: rows of one table. */
#pragma once

#include "lab/lab.h"
#include "qmp/qmp-session.h"

/* A command that is being carried out; answered exactly once by one of the
 * functions below, also when its client has gone. */
typedef struct ControlCall ControlCall;

/**
 * control_call_get_lab: (and control_call_get_string …)
 *
 * The members of the arguments; strings are (transfer none), NULL or the
 * default when absent.
 */
LiveLab *control_call_get_lab (ControlCall *call);
JsonObject *control_call_get_arguments (ControlCall *call);
const char *control_call_get_string (ControlCall *call, const char *name);
gboolean control_call_get_boolean (ControlCall *call, const char *name);
gint64 control_call_get_int (ControlCall *call, const char *name);

/* @value: (transfer full) (nullable): NULL answers an empty object */
void control_call_return (ControlCall *call, JsonNode *value);
/* @error: (transfer full) */
void control_call_fail (ControlCall *call, GError *error);

/**
 * control_call_at_leave:
 * @leave: called once when the client of @call leaves, at once when it has left;
 *   not when the supervisor itself ends
 * @user_data: (transfer full): freed by @destroy after that, or with the client
 *
 * For what lives as long as the one who asked for it.
 */
void control_call_at_leave (ControlCall *call, void (*leave) (gpointer user_data),
                            gpointer user_data, GDestroyNotify destroy);

typedef enum { ARG_STRING, ARG_STRINGS, ARG_BOOL, ARG_INT, ARG_OBJECT } ControlArgType;

typedef struct {
    const char *name;
    ControlArgType type;
    gboolean optional;
} ControlArg;

typedef struct {
    const char *name;
    void (*run) (ControlCall *call);
    const ControlArg *args; /* ends with a NULL name */
    gboolean has_value;     /* otherwise it returns an empty object */
    const char *help;       /* what it does, without a full stop; query-commands tells it */
} ControlCommand;

/* Returns: all rows; the last has a NULL name */
const ControlCommand *control_command_table (void);

/**
 * control_command_find:
 *
 * Returns: (transfer none) (nullable): the command of that name
 */
const ControlCommand *control_command_find (const char *name);

/**
 * control_command_check:
 *
 * Returns: %FALSE when @arguments do not fit @command: in the words of QEMU
 */
gboolean control_command_check (const ControlCommand *command, JsonObject *arguments,
                                GError **error);
