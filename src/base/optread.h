/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU option strings taken apart again, as optstr.h has put them together. */
#pragma once

#include <glib.h>

typedef struct {
    char *key; /* NULL for the word that comes first and has none */
    char *value;
} OptItem;

/**
 * opt_read:
 *
 * Returns: (transfer full) (element-type OptItem): what is in @text, in its order
 */
GPtrArray *opt_read (const char *text);

/**
 * opt_get:
 *
 * Returns: (transfer none) (nullable): the first value of @key
 */
const char *opt_get (GPtrArray *items, const char *key);
