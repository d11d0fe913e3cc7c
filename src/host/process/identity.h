/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a child needs to become another user, worked out before it is there: between
 * fork() and execve() nothing can be looked up.
 */
#pragma once

#include "plan/run-as.h"

#include <sys/types.h>

typedef struct {
    gboolean wanted;
    uid_t uid;
    gid_t gid;
    gsize n_groups;
    gid_t *groups;
} Identity;

/* @user: (nullable): %NULL changes nothing */
void identity_init (Identity *identity, const RunAs *user);
void identity_clear (Identity *identity);

/**
 * identity_become:
 *
 * For the child.
 *
 * Returns: %FALSE with errno when it must not go on
 */
gboolean identity_become (const Identity *identity);
