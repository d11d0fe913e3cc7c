/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpWriter: the lines that a server sends, in QEMU's member order and spacing. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * qmp_writer_return:
 * @value: JSON of the return member, on one line
 * @id: (nullable): JSON of the id member
 *
 * Returns: (transfer full): the reply with its line end
 */
GString *qmp_writer_return (const char *value, gsize length, const char *id);

/**
 * qmp_writer_error_bytes:
 * @error: JSON of the error member, on one line
 * @id: (nullable): JSON of the id member
 *
 * Returns: (transfer full): the reply with its line end
 */
GString *qmp_writer_error_bytes (const char *error, gsize length, const char *id);

/**
 * qmp_writer_error:
 * @description: may have bytes that are no UTF-8
 * @id: (nullable): JSON of the id member
 *
 * Returns: (transfer full): the reply with its line end
 */
GString *qmp_writer_error (const char *error_class, const char *description, const char *id);

/**
 * qmp_writer_line:
 *
 * Returns: (transfer full): @json with a line end
 */
GString *qmp_writer_line (const char *json, gsize length);

/**
 * qmp_writer_node:
 *
 * Appends @node to @out as QEMU writes JSON: on one line, in ASCII, a space after comma and colon.
 */
void qmp_writer_node (GString *out, JsonNode *node);

G_END_DECLS
