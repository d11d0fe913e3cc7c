/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the change of a child's user; see identity.h. */
#include "host/process/identity.h"

#include <grp.h>
#include <unistd.h>

void
identity_init (Identity *identity, const RunAs *user)
{
    *identity = (Identity){ .wanted = user != NULL };
    if (!user)
        return;
    identity->uid = (uid_t)user->uid;
    identity->gid = (gid_t)user->gid;
    identity->n_groups = user->groups ? g_strv_length (user->groups) : 0;
    identity->groups = g_new0 (gid_t, identity->n_groups + 1);
    for (gsize i = 0; i < identity->n_groups; i++)
        identity->groups[i] = (gid_t)g_ascii_strtoull (user->groups[i], NULL, 10);
}

void
identity_clear (Identity *identity)
{
    g_free (identity->groups);
    *identity = (Identity){ 0 };
}

gboolean
identity_become (const Identity *identity)
{
    return !identity->wanted || (setgroups (identity->n_groups, identity->groups) == 0 &&
                                 setresgid (identity->gid, identity->gid, identity->gid) == 0 &&
                                 setresuid (identity->uid, identity->uid, identity->uid) == 0);
}
