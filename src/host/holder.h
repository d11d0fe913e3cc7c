/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses a file.  QEMU and its tools lock images by bytes of the file, which
 * tells that somebody writes, and the open files of processes tell who.
 */
#pragma once

#include <glib.h>

/**
 * holder_is_written:
 *
 * Returns: whether an emulator or one of its tools has the image @path open
 * for writing
 */
gboolean holder_is_written (const char *path);

/**
 * holder_find:
 *
 * Returns: the pid of a process, not this one, that has @path open; 0 when
 * there is none that this user can see
 */
gint64 holder_find (const char *path);

/**
 * holder_describe:
 *
 * Returns: (transfer full): `process 123 (qemu-system-x86_64 …)`, or `another
 * process` when this user cannot see which
 */
char *holder_describe (const char *path);
