/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program as a client of a lab's supervisor. */
#pragma once

#include "cli/common/wait.h"
#include "cli/verb.h"
#include "qmp/qmp-client.h"

#include <json-glib/json-glib.h>

typedef struct {
    char *lab;
    char *run_dir;
    QmpClient *qmp;
} LabClient;

void lab_client_free (LabClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabClient, lab_client_free)

/**
 * lab_client_find:
 * @name: (nullable): the lab as the user named it
 *
 * Returns: (transfer full): the lab that is meant: @name, --lab, the one of the
 * profile, or the only one that is up
 */
char *lab_client_find (const Options *options, const char *name, GError **error);

/**
 * lab_client_open:
 * @lab: a lab that is up
 *
 * Connects to the supervisor of @lab; when that is gone a new one is started
 * and takes the machines over.
 */
LabClient *lab_client_open (const char *lab, GError **error);

/**
 * lab_client_start:
 * @lab: a lab that is to come up
 *
 * Starts a supervisor and connects to it.
 */
LabClient *lab_client_start (const char *lab, GError **error);

/**
 * lab_client_call: (and lab_client_call_text)
 * @arguments: (transfer full) (nullable): as text it is an object, and is not taken
 * @timeout_ms: 0 = none
 *
 * Returns: (transfer full): the answer
 */
JsonNode *lab_client_call (LabClient *client, const char *command, JsonObject *arguments,
                           guint timeout_ms, GError **error);
JsonNode *lab_client_call_text (LabClient *client, const char *command, const char *arguments,
                                guint timeout_ms, GError **error);

/**
 * lab_client_send: (and lab_client_receive)
 * @wait: where the answer arrives; lives until it was received
 *
 * The halves of lab_client_call_text(), for several commands that are under way at
 * once.
 *
 * Returns: (transfer full): the answer, of lab_client_receive()
 */
void lab_client_send (LabClient *client, const char *command, const char *arguments,
                      guint timeout_ms, Wait *wait);
JsonNode *lab_client_receive (LabClient *client, const char *command, guint timeout_ms, Wait *wait,
                              GError **error);

/**
 * lab_client_split_machine:
 * @word: MACHINE or LAB/MACHINE
 * @ret_machine: (out) (transfer none): points into @word
 *
 * Returns: (transfer full): the lab that is meant
 */
char *lab_client_split_machine (const Options *options, const char *word, const char **ret_machine,
                                GError **error);

/**
 * lab_client_wait_closed:
 *
 * Waits until the supervisor has let go of this client: then the lab is down
 * and nothing of it is left.
 */
void lab_client_wait_closed (LabClient *client);
