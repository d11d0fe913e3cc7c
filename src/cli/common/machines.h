/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs that act on named machines share. */
#pragma once

#include "cli/common/client.h"

/* A machine that a word of the command line stands for. */
typedef struct {
    LabClient *client; /* (transfer none): its lab; machines of one lab share it */
    char *machine;
} Target;

/* What was named, in this order and each machine once. */
typedef struct {
    GPtrArray *targets;  /* Target */
    GHashTable *clients; /* lab → LabClient, both owned */
} Targets;

void targets_free (Targets *targets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Targets, targets_free)

/**
 * machines_find:
 * @words: MACHINE, LAB/MACHINE or a pattern of the shell's in place of MACHINE
 * @n_words: may be 0: then all machines of the lab that is meant
 *
 * Finds the machines and connects to their labs.  That a machine which is named
 * without a pattern exists is left to its lab to say.
 *
 * Returns: (transfer full): at least one; an error where a pattern stands for none
 */
Targets *machines_find (const Options *options, char **words, int n_words, GError **error);

/**
 * machines_find_one:
 *
 * Returns: (transfer full): as machines_find(), with the one machine that @word stands for
 */
Targets *machines_find_one (const Options *options, const char *word, GError **error);

/**
 * machines_call:
 * @command: of the control socket
 * @arguments: (transfer full) (nullable): gets `machine`
 *
 * Calls @command for every machine that is named, all at once, and waits for all
 * of the answers.  The error is that of the first that failed, with the sentences
 * of the others below its own.
 */
gboolean machines_call (Options *options, const char *command, JsonObject *arguments,
                        GError **error);

/**
 * machines_call_first:
 * @arguments: (transfer full): gets `machine`, the first that is named
 * @ret_value: (out) (optional) (transfer full): the answer
 *
 * Calls @command for one machine.
 */
gboolean machines_call_first (Options *options, const char *command, JsonObject *arguments,
                              JsonNode **ret_value, GError **error);

/**
 * machines_wait:
 *
 * Waits until the named machines are ready, unless --no-wait or --paused.
 */
gboolean machines_wait (Options *options, GError **error);

/* Adds force and grace-ms, as stop and down take them. */
void machines_fill_stop (JsonObject *arguments, const Options *options);

/**
 * machines_stop:
 *
 * machines_call() of machine-stop, as the options have it.
 */
gboolean machines_stop (Options *options, GError **error);

/**
 * machines_duration:
 *
 * Returns: %FALSE when @text, the value of --@option, is no duration
 */
gboolean machines_duration (const char *option, const char *text, guint *ret_ms, GError **error);
