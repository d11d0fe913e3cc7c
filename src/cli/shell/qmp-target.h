/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which socket is meant by MACHINE, LAB/MACHINE or a path. */
#pragma once

#include "cli/verb.h"

typedef struct {
    char *path;  /* of the socket, absolute */
    char *title; /* for a prompt */
    char *key;   /* names it in file names */
    char *lab;   /* whose machine it is; NULL: of none */
    char *machine;
} QmpTarget;

void qmp_target_clear (QmpTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QmpTarget, qmp_target_clear)

/**
 * qmp_target_find:
 * @word: a machine, or a path: it begins with `/`, `./`, `../` or `~/`
 *
 * Returns: whether there is such a socket; otherwise @error
 */
gboolean qmp_target_find (const Options *options, const char *word, QmpTarget *target,
                          GError **error);
