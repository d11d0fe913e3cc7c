/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors that a person sends with a command: @fd:3, @open:/dev/net/tun. */
#pragma once

#include <glib.h>

/**
 * qmp_descriptor_is_one:
 *
 * Returns: whether @word is written as one
 */
gboolean qmp_descriptor_is_one (const char *word);

/**
 * qmp_descriptor_open:
 * @word: @fd:N, a descriptor that roost was started with, or @open:FILE
 *
 * Returns: a descriptor of the caller's own; -1 with @error
 */
int qmp_descriptor_open (const char *word, GError **error);
