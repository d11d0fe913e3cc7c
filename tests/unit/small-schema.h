/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A schema in the form of query-qmp-schema, with one of everything. */
#pragma once

#include "cli/shell/qmp-schema.h"

#include <check.h>
#include <string.h>

static const char small_schema[] =
    "[{\"name\":\"str\",\"json-type\":\"string\",\"meta-type\":\"builtin\"},"
    "{\"name\":\"int\",\"json-type\":\"int\",\"meta-type\":\"builtin\"},"
    "{\"name\":\"number\",\"json-type\":\"number\",\"meta-type\":\"builtin\"},"
    "{\"name\":\"bool\",\"json-type\":\"boolean\",\"meta-type\":\"builtin\"},"
    "{\"name\":\"null\",\"json-type\":\"null\",\"meta-type\":\"builtin\"},"
    "{\"name\":\"any\",\"json-type\":\"value\",\"meta-type\":\"builtin\"},"
    "{\"name\":\"0\",\"members\":[],\"meta-type\":\"object\"},"
    "{\"name\":\"stop\",\"ret-type\":\"0\",\"arg-type\":\"0\",\"meta-type\":\"command\"},"
    "{\"name\":\"STOP\",\"arg-type\":\"0\",\"meta-type\":\"event\"},"
    "{\"name\":\"RESUME\",\"arg-type\":\"0\",\"meta-type\":\"event\"},"
    /* one of each type */
    "{\"name\":\"all\",\"ret-type\":\"0\",\"arg-type\":\"1\",\"meta-type\":\"command\","
    "\"features\":[\"unstable\"]},"
    "{\"name\":\"1\",\"meta-type\":\"object\",\"members\":["
    "{\"name\":\"text\",\"type\":\"str\"},"
    "{\"name\":\"count\",\"type\":\"int\",\"default\":null},"
    "{\"name\":\"ratio\",\"type\":\"number\",\"default\":null},"
    "{\"name\":\"flag\",\"type\":\"bool\",\"default\":null},"
    "{\"name\":\"value\",\"type\":\"any\",\"default\":null},"
    "{\"name\":\"list\",\"type\":\"[int]\",\"default\":null},"
    "{\"name\":\"colour\",\"type\":\"2\",\"default\":null,\"features\":[\"deprecated\"]}]},"
    "{\"name\":\"[int]\",\"element-type\":\"int\",\"meta-type\":\"array\"},"
    "{\"name\":\"2\",\"meta-type\":\"enum\",\"values\":[\"red\",\"green\",\"blue\"]},"
    /* a union that has itself in one of its branches, in place or by name */
    "{\"name\":\"node-add\",\"ret-type\":\"0\",\"arg-type\":\"3\",\"meta-type\":\"command\"},"
    "{\"name\":\"3\",\"meta-type\":\"object\",\"tag\":\"driver\",\"members\":["
    "{\"name\":\"driver\",\"type\":\"4\"},{\"name\":\"name\",\"type\":\"str\",\"default\":null}],"
    "\"variants\":[{\"case\":\"file\",\"type\":\"5\"},{\"case\":\"raw\",\"type\":\"6\"}]},"
    "{\"name\":\"4\",\"meta-type\":\"enum\",\"values\":[\"file\",\"raw\"]},"
    "{\"name\":\"5\",\"meta-type\":\"object\",\"members\":["
    "{\"name\":\"filename\",\"type\":\"str\"}]},"
    "{\"name\":\"6\",\"meta-type\":\"object\",\"members\":["
    "{\"name\":\"file\",\"type\":\"7\"}]},"
    "{\"name\":\"7\",\"meta-type\":\"alternate\",\"members\":["
    "{\"type\":\"3\"},{\"type\":\"str\"},{\"type\":\"null\"}]},"
    "{\"name\":\"device_del\",\"ret-type\":\"0\",\"arg-type\":\"8\",\"meta-type\":\"command\"},"
    "{\"name\":\"8\",\"meta-type\":\"object\",\"members\":[{\"name\":\"id\",\"type\":\"str\"}]},"
    "{\"name\":\"device_add\",\"ret-type\":\"0\",\"arg-type\":\"9\",\"meta-type\":\"command\"},"
    "{\"name\":\"9\",\"meta-type\":\"object\",\"members\":["
    "{\"name\":\"driver\",\"type\":\"str\"},"
    "{\"name\":\"id\",\"type\":\"str\",\"default\":null}]},"
    "{\"name\":\"transaction\",\"ret-type\":\"0\",\"arg-type\":\"10\",\"meta-type\":\"command\"},"
    "{\"name\":\"10\",\"meta-type\":\"object\",\"members\":["
    "{\"name\":\"actions\",\"type\":\"[11]\"}]},"
    "{\"name\":\"[11]\",\"element-type\":\"11\",\"meta-type\":\"array\"},"
    "{\"name\":\"11\",\"meta-type\":\"object\",\"tag\":\"type\",\"members\":["
    "{\"name\":\"type\",\"type\":\"12\"}],"
    "\"variants\":[{\"case\":\"abort\",\"type\":\"13\"},{\"case\":\"delete\",\"type\":\"14\"}]},"
    "{\"name\":\"12\",\"meta-type\":\"enum\",\"values\":[\"abort\",\"delete\"]},"
    "{\"name\":\"13\",\"meta-type\":\"object\",\"members\":["
    "{\"name\":\"data\",\"type\":\"0\"}]},"
    "{\"name\":\"14\",\"meta-type\":\"object\",\"members\":["
    "{\"name\":\"data\",\"type\":\"8\"}]}]";

static inline QmpSchema *
small_schema_new (void)
{
    QmpSchema *schema = qmp_schema_new (small_schema, strlen (small_schema), NULL);

    ck_assert_ptr_nonnull (schema);
    return schema;
}
