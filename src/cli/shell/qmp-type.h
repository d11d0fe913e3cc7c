/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the schema: a type is the JSON object that describes it. */
#pragma once

#include "cli/shell/qmp-schema.h"

#include <json-glib/json-glib.h>

struct QmpType {
    GHashTable *types;  /* of the schema: name → QmpType */
    JsonObject *object; /* of the tree that the schema holds */
};

/* Members of a description; NULL where there is none, or one of another kind. */
const char *qmp_type_string (JsonObject *object, const char *member);
JsonArray *qmp_type_array (JsonObject *object, const char *member);
JsonObject *qmp_type_object_at (JsonArray *array, guint i);
/* Returns: the type whose name is the member */
const QmpType *qmp_type_lookup (GHashTable *types, JsonObject *object, const char *member);
/* Returns: "deprecated", "unstable" or NULL */
const char *qmp_type_feature (JsonObject *object);
