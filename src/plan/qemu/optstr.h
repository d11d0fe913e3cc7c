/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU option strings, as `socket,id=qmp,path=/a,,b`.  This is the only place
 * that writes them: a value cannot end its option, start another one or change
 * what is created, whatever is in it.
 */
#pragma once

#include <glib.h>

typedef struct OptString OptString;

/**
 * opt_new:
 * @head: (nullable): the word that comes first and has no key: a device model,
 *   a backend, a machine type.  Letters, digits, `.`, `-` and `_`; anything
 *   else, and the word `help`, makes the string invalid.
 *
 * Returns: (transfer full): a string to add options to
 */
OptString *opt_new (const char *head);

/**
 * opt_add:
 * @key: ours, written as it is
 * @value: any text; commas are doubled, as QEMU wants them.  A control
 *   character makes the string invalid.
 */
void opt_add (OptString *opt, const char *key, const char *value);

/**
 * opt_add_flag:
 *
 * Adds `key=on` or `key=off`.
 */
void opt_add_flag (OptString *opt, const char *key, gboolean on);

/**
 * opt_add_int:
 *
 * Adds `key=` and a decimal number.
 */
void opt_add_int (OptString *opt, const char *key, gint64 value);

/**
 * opt_end:
 * @opt: (transfer full): is freed
 * @ret_problem: (out) (transfer full): what is wrong with the first value that
 *   cannot be written, as a sentence; %NULL when all is well
 *
 * Returns: (transfer full) (nullable): the string, %NULL when it is invalid
 */
char *opt_end (OptString *opt, char **ret_problem);
