/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that one client of a shared socket has given to descriptors.
 *
 * QEMU keeps the names of `getfd` per monitor, and all clients share one monitor.
 * So each client's names go to QEMU with a prefix of that client's own: in `getfd`
 * and `closefd`, and in every argument that can refer to such a name, which is a
 * fixed list (see fd-names.c).  Nothing else is touched, also when it reads the
 * same: `device_add id=x` stays what it is beside a descriptor called x.  Errors
 * come back without the prefix.
 */
#pragma once

#include <glib.h>

typedef struct FdNames FdNames;

/**
 * fd_names_new:
 * @client: a number that no other client has, or will have
 */
FdNames *fd_names_new (guint client);
void fd_names_free (FdNames *names);

/**
 * fd_names_translate:
 * @arguments: (nullable): of @command, valid and minified
 *
 * Also learns the name of a `getfd`, and forgets that of a `closefd`: to be called
 * in the order in which the commands go to QEMU.
 *
 * Returns: (transfer full) (nullable): the arguments for QEMU; %NULL to send them as they are
 */
char *fd_names_translate (FdNames *names, const char *command, const char *arguments);

/**
 * fd_names_translate_error:
 * @error: an error of QEMU's, JSON
 *
 * Returns: (transfer full) (nullable): it in the client's words; %NULL when it is so already
 */
char *fd_names_translate_error (FdNames *names, const char *error, gsize length);

/**
 * fd_names_list:
 *
 * Returns: (transfer full): the names as QEMU knows them that may still be there
 */
GPtrArray *fd_names_list (FdNames *names);
