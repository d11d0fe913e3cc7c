/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to change so that a lab that runs becomes one that is wanted: two
 * plans in, a list of changes out, in the order in which they are made.
 */
#pragma once

#include "plan/step.h"

typedef enum {
    CHANGE_FORWARD_REMOVE, /* a host port of a machine that runs is closed … */
    CHANGE_UNPLUG,         /* a NIC or disk of a machine that runs goes … */
    CHANGE_ADJUST,         /* a bridge or tap gets other settings while it is in use */
    CHANGE_ADD,            /* a step that is new is done */
    CHANGE_REPLACE,        /* a step is undone and done as it is wanted now */
    CHANGE_MOVE,           /* a tap becomes a port of another bridge, or in another VLAN */
    CHANGE_PLUG,           /* … or comes */
    CHANGE_FORWARD_ADD,    /* … or opened */
    CHANGE_SETTINGS,       /* of a machine: what the supervisor alone goes by */
    CHANGE_MACHINE,        /* a machine gets a new process */
    CHANGE_REMOVE,         /* a step that nobody wants any more is undone */
} ChangeKind;
extern const char *const change_kind_names[];

typedef struct {
    ChangeKind kind;
    char *step;    /* id of the step that changes */
    char *text;    /* what changes, for a person */
    gboolean held; /* needs a restart that was not asked for: nothing is done */
    gboolean off;  /* the machine has no process: its record changes, nothing else */
    char *part;    /* that comes or goes, as in part.h; NULL */

    gboolean live; /* replacement below machines that run; not kept in JSON, as the next */
    const ForwardRecord *forward; /* (not owned) the one that comes or goes */
} Change;

extern const Record change_record;

typedef struct {
    Plan *running;      /* (not owned) what runs */
    Plan *wanted;       /* (not owned) what is to run */
    gboolean restart;   /* machines may be restarted */
    GHashTable *off;    /* names of machines that have no process */
    GHashTable *undone; /* ids of steps of @running that have not been executed */
} DiffInput;

/**
 * plan_diff:
 *
 * Machines that would have to be restarted and may not be are held: they keep
 * what they have and what that needs.  Ports that they have on a switch are
 * added to the switch of the wanted plan.  NICs and disks that can come and go while
 * the machine runs do so, also when the rest of it is held.  Where a thing is
 * written in the profile makes no difference.
 *
 * Returns: (transfer full) (element-type Change): by kind, in the order of the
 * enum, then in the order of the plans; empty when nothing differs
 */
GPtrArray *plan_diff (const DiffInput *input);
