/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a QMP server can do: the reply to query-qmp-schema as a model that can be
 * asked.  Types refer to each other in circles, so members are looked up when
 * they are wanted and never all at once.
 */
#pragma once

#include <glib.h>

typedef struct QmpSchema QmpSchema;
typedef struct QmpType QmpType; /* belongs to its schema */

typedef enum {
    QMP_META_STRING,
    QMP_META_INT,
    QMP_META_NUMBER,
    QMP_META_BOOL,
    QMP_META_NULL,
    QMP_META_ANY,
    QMP_META_ENUM,
    QMP_META_ARRAY,
    QMP_META_OBJECT,
    QMP_META_ALTERNATE,
} QmpMeta;

/* A command, an argument or a value of an enumeration. */
typedef struct {
    const char *name;
    const QmpType *type; /* of an argument; what a command returns; NULL for a value */
    gboolean optional;
    gboolean tag;        /* chooses the branch of a union */
    const char *feature; /* "deprecated", "unstable", NULL */
} QmpEntry;

/**
 * qmp_schema_new:
 * @json: what query-qmp-schema returned
 *
 * Returns: (transfer full): the schema; %NULL with %QMP_ERROR_PROTOCOL when
 * @json is none
 */
QmpSchema *qmp_schema_new (const char *json, gsize length, GError **error);

/**
 * qmp_schema_new_agent:
 * @json: what guest-info returned
 *
 * Returns: (transfer full): a schema with the names of commands and nothing
 * about their arguments
 */
QmpSchema *qmp_schema_new_agent (const char *json, gsize length, GError **error);
void qmp_schema_free (QmpSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpSchema, qmp_schema_free)

/**
 * qmp_schema_get_commands: (and qmp_schema_get_events)
 *
 * Returns: (transfer none) (element-type QmpEntry): sorted by name
 */
const GArray *qmp_schema_get_commands (const QmpSchema *schema);
const GArray *qmp_schema_get_events (const QmpSchema *schema);

/* Returns: (transfer none) (nullable): the command @name */
const QmpEntry *qmp_schema_find_command (const QmpSchema *schema, const char *name);

/* Returns: (transfer none) (nullable): the object that the command takes; NULL
 * when that is not known */
const QmpType *qmp_schema_get_arguments (const QmpSchema *schema, const char *command);

/* Returns: whether the command takes members that the schema does not list */
gboolean qmp_schema_is_open (const QmpSchema *schema, const char *command);

/* Returns: whether the command ends without a reply when it succeeds */
gboolean qmp_schema_is_silent (const QmpSchema *schema, const char *command);

/* Returns: which kind of type it is, as QEMU's schema has them */
QmpMeta qmp_type_get_meta (const QmpType *type);

/**
 * qmp_type_get_tag:
 *
 * Returns: (transfer none) (nullable): the member that chooses the branch
 */
const char *qmp_type_get_tag (const QmpType *type);

/**
 * qmp_type_get_members:
 * @type: an object; anything else has no members
 * @tag: (nullable): the value of its tag
 *
 * Returns: (transfer full) (element-type QmpEntry): the members, with those of
 * the branch that @tag chooses behind the others
 */
GArray *qmp_type_get_members (const QmpType *type, const char *tag);

/* Returns: (transfer full) (element-type QmpEntry): the values of an enumeration */
GArray *qmp_type_get_values (const QmpType *type);

/* Returns: (transfer none): the type of the elements of an array */
const QmpType *qmp_type_get_element (const QmpType *type);

/* Returns: (transfer container) (element-type QmpType): the types of an alternate */
GPtrArray *qmp_type_get_choices (const QmpType *type);

/**
 * qmp_type_describe:
 *
 * Returns: (transfer full): the type in a few words
 */
char *qmp_type_describe (const QmpType *type);

/* Returns: (transfer none) (nullable): the entry @name of @entries */
const QmpEntry *qmp_entries_find (const GArray *entries, const char *name);

/* Returns: (transfer none) (nullable): the name in @entries that @word was meant to be */
const char *qmp_entries_suggest (const GArray *entries, const char *word);
