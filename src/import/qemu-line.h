/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines of QEMU, as they are typed at a shell. */
#pragma once

#include "import/draft.h"

typedef struct {
    char *key; /* "" for the first one when it has no `=` */
    char *value;
    gboolean used;
} QemuOpt;

/**
 * qemu_opts_get:
 *
 * Returns: (transfer none) (nullable): the value of @key, which counts as used
 */
const char *qemu_opts_get (GPtrArray *opts, const char *key);

/**
 * qemu_opts_rest:
 *
 * Returns: (transfer full) (nullable): what nobody has used, in QEMU's words
 */
char *qemu_opts_rest (GPtrArray *opts);

/**
 * qemu_import:
 * @text: a command line
 *
 * Returns: %FALSE when it is none of QEMU's
 */
gboolean qemu_import (const char *text, Draft *draft, GError **error);
