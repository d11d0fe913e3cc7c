/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of an emulator and, beside it, the descriptors that it
 * inherits, each at the number that the command line says.
 */
#pragma once

#include "plan/step.h"

#include <glib.h>

typedef struct {
    GPtrArray *words; /* owned char* */
    GPtrArray *fds;   /* owned FdRecord* */
} Argv;

/**
 * argv_new:
 * @program: an absolute path
 */
Argv *argv_new (const char *program);
void argv_free (Argv *argv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Argv, argv_free)

/**
 * argv_add:
 * @word: (nullable): a word to add as it is; %NULL adds nothing
 */
void argv_add (Argv *argv, const char *word);

/**
 * argv_add_pair:
 *
 * Adds an option and its value, two words.
 */
void argv_add_pair (Argv *argv, const char *option, const char *value);

/**
 * argv_add_fd:
 * @kind: what the descriptor is
 * @path: (nullable): where a listening socket is bound
 *
 * Returns: the number at which the child finds the descriptor
 */
gint64 argv_add_fd (Argv *argv, FdKind kind, const char *path);

/**
 * argv_steal:
 * @ret_fds: (out) (transfer full): the descriptors
 *
 * Empties @argv.
 *
 * Returns: (transfer full): the words
 */
GStrv argv_steal (Argv *argv, GPtrArray **ret_fds);
