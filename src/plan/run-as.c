/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the record of a user; see run-as.h. */
#include "plan/run-as.h"

#include <stddef.h>

static const Field run_as_fields[] = {
    { "name", FIELD_STRING, offsetof (RunAs, name) },
    { "uid", FIELD_INT, offsetof (RunAs, uid) },
    { "gid", FIELD_INT, offsetof (RunAs, gid) },
    { "groups", FIELD_STRINGS, offsetof (RunAs, groups) },
    { NULL },
};
const Record run_as_record = { "user", sizeof (RunAs), run_as_fields };

RunAs *
run_as_copy (const RunAs *user)
{
    RunAs *copy;

    if (!user)
        return NULL;
    copy = record_new (&run_as_record);
    copy->name = g_strdup (user->name);
    copy->uid = user->uid;
    copy->gid = user->gid;
    copy->groups = g_strdupv (user->groups);
    return copy;
}

gboolean
run_as_equal (const RunAs *a, const RunAs *b)
{
    if (!a || !b)
        return a == b;
    return a->uid == b->uid && a->gid == b->gid &&
           (a->groups && b->groups
                ? g_strv_equal ((const char *const *)a->groups, (const char *const *)b->groups)
                : a->groups == b->groups);
}

void
run_as_free (RunAs *user)
{
    record_free (&run_as_record, user);
}
