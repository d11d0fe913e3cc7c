/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns what is kept of an input: the members that a command may have, and the first that it may
 * not. */
#include "qmp/qmp-input.h"

#include <string.h>

const char *
qmp_member_name (QmpMember member)
{
    static const char *const names[QMP_N_MEMBERS] = {
        [QMP_MEMBER_EXEC_OOB] = "exec-oob",
        [QMP_MEMBER_EXECUTE] = "execute",
        [QMP_MEMBER_ARGUMENTS] = "arguments",
        [QMP_MEMBER_ID] = "id",
    };

    return names[member];
}

void
qmp_input_free (QmpInput *input)
{
    if (!input)
        return;
    g_free (input->error);
    for (int i = 0; i < QMP_N_MEMBERS; i++)
        g_free (input->members[i].json);
    g_free (input->unexpected);
    g_free (input);
}

void
qmp_input_add (QmpInput *input, const char *key, QmpKind kind, const char *json, gsize length)
{
    for (QmpMember i = 0; i < QMP_N_MEMBERS; i++)
        if (!strcmp (key, qmp_member_name (i))) {
            input->members[i].kind = kind;
            input->members[i].json = g_strndup (json, length);
            return;
        }
    if (!input->unexpected)
        input->unexpected = g_strdup (key);
}
