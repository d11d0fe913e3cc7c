/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of command.h: the functions behind the rows of the table, and what
 * they share.  Each answers its call exactly once, now or later.
 */
#pragma once

#include "control/commands/command.h"

/* command-checkpoint.c */
void run_checkpoint_save (ControlCall *call);
void run_checkpoint_remove (ControlCall *call);

/* command-lab.c */
void run_query_lab (ControlCall *call);
void run_lab_up (ControlCall *call);
void run_lab_cancel (ControlCall *call);
void run_lab_down (ControlCall *call);
void run_lab_wait (ControlCall *call);

/* command-machine.c */
void run_machine_start (ControlCall *call);
void run_machine_stop (ControlCall *call);
void run_machine_pause (ControlCall *call);
void run_machine_resume (ControlCall *call);
void run_machine_reset (ControlCall *call);
void run_query_story (ControlCall *call);

/* command-automation.c */
void run_machine_type (ControlCall *call);
void run_machine_send_key (ControlCall *call);
void run_machine_screenshot (ControlCall *call);
void run_machine_wait (ControlCall *call);

/* command-disk.c */
void run_disk_snapshot (ControlCall *call);
void run_disk_backup (ControlCall *call);
void run_disk_cancel (ControlCall *call);
void run_disk_commit (ControlCall *call);
void run_disk_stream (ControlCall *call);
void run_media_change (ControlCall *call);

/* command-capture.c */
void run_capture_start (ControlCall *call);
void run_capture_stop (ControlCall *call);

/* command-network.c */
void run_forward_add (ControlCall *call);
void run_forward_remove (ControlCall *call);
void run_query_switches (ControlCall *call);
void run_machine_link (ControlCall *call);

/**
 * control_call_end:
 * @error: (transfer full) (nullable): why, when not @success
 *
 * Answers a call that has no outcome but success.
 */
void control_call_end (ControlCall *call, gboolean success, GError *error);

/**
 * control_call_get_machine:
 *
 * Returns: (transfer none) (nullable): the machine that the argument `machine`
 * names; %NULL when there is none and the call was refused: it is gone then, so
 * that its other arguments are taken before
 */
LiveMachine *control_call_get_machine (ControlCall *call);

/* Refuses a call because of the state that @machine is in. */
void control_call_fail_state (ControlCall *call, LiveMachine *machine);

/* Returns: what the arguments `force` and `grace_ms` say */
StopOptions control_call_stop_options (ControlCall *call);
