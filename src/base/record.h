/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain structs to JSON and back, from one table per struct.  The plan, the
 * state file and the control socket send the same records, and a field is one
 * row in one table.
 */
#pragma once

#include <json-glib/json-glib.h>

typedef enum {
    FIELD_STRING,  /* char *, owned, may be NULL (then not written) */
    FIELD_STRINGS, /* GStrv, owned, may be NULL (then not written) */
    FIELD_BOOL,    /* gboolean */
    FIELD_INT,     /* gint64 */
    FIELD_ENUM,    /* an enum; `names` has its words, NULL-terminated */
    FIELD_RECORD,  /* pointer to a struct, owned, may be NULL (then not written) */
    FIELD_RECORDS, /* GPtrArray of structs, owned, never NULL once record_new() made it */
} FieldType;

typedef struct Record Record;

typedef struct {
    const char *name;
    FieldType type;
    gsize offset;
    const char *const *names; /* FIELD_ENUM */
    const Record *record;     /* FIELD_RECORD, FIELD_RECORDS */
} Field;

struct Record {
    const char *name;
    gsize size;
    const Field *fields; /* ends with a NULL name */
};

/**
 * record_new:
 *
 * Returns: (transfer full): a zeroed struct with empty arrays
 */
gpointer record_new (const Record *record);

/**
 * record_free:
 * @data: (nullable): a struct made by record_new() or record_from_json()
 */
void record_free (const Record *record, gpointer data);

/**
 * record_to_json:
 *
 * Returns: (transfer full): an object with the fields in the order of the table
 */
JsonNode *record_to_json (const Record *record, gconstpointer data);

/**
 * record_to_text:
 *
 * Returns: (transfer full): on one line, the object that record_to_json() makes
 */
char *record_to_text (const Record *record, gconstpointer data);

/**
 * record_from_json:
 *
 * Unknown members are ignored, so that an older program reads what a newer one
 * wrote; a member of the wrong type is an error that names it.
 *
 * Returns: (transfer full): the struct, %NULL on error
 */
gpointer record_from_json (const Record *record, JsonNode *node, GError **error);

/**
 * record_array_new:
 *
 * Returns: (transfer full): an array that owns structs of @record
 */
GPtrArray *record_array_new (const Record *record);

/**
 * json_take_object:
 * @object: (transfer full)
 *
 * Returns: (transfer full): the node of @object
 */
JsonNode *json_take_object (JsonObject *object);

/**
 * json_from_text:
 *
 * As json_from_string(), but what is nested deeper than %JSON_MAX_DEPTH is an error:
 * json-glib goes down once per level, and falls off its stack where a file or a peer
 * has enough of them.
 *
 * Returns: (transfer full): %NULL on error
 */
JsonNode *json_from_text (const char *text, GError **error);
#define JSON_MAX_DEPTH 1024 /* as QEMU's own */

/**
 * json_to_text: (and json_to_pretty_text)
 *
 * Returns: (transfer full): @node as JSON, on one line or indented
 */
char *json_to_text (JsonNode *node);
char *json_to_pretty_text (JsonNode *node);
