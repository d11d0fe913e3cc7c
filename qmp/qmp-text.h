/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpText: QMP's strings.  Input is modified UTF-8 (U+0000 is C0 80), output is ASCII. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * qmp_text_quote:
 *
 * Appends @text to @out as a JSON string in ASCII, escaped as QEMU escapes; what is not valid
 * becomes U+FFFD.
 */
void qmp_text_quote (GString *out, const char *text);

/**
 * qmp_text_string:
 * @token: a whole string token, zero-terminated, in either kind of quotes
 * @json: (nullable): the string is appended here as strict JSON, bytes kept where they are that
 * @value: (nullable): what the string means is appended here in modified UTF-8
 *
 * On error both may have a part of the string.
 *
 * Returns: (transfer full) (nullable): what is wrong with the string in QEMU's words
 */
char *qmp_text_string (const char *token, GString *json, GString *value);

G_END_DECLS
