/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of network interfaces that a person recognises and that nobody else has. */
#pragma once

#include "base/ether.h"

#include <glib.h>

/* The interfaces of one lab. */
typedef struct IfNames IfNames;

/* @lab: its name, by which interfaces of two labs differ; copied */
IfNames *ifnames_new (const char *lab);
void ifnames_free (IfNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IfNames, ifnames_free)

/**
 * ifnames_claim:
 *
 * Takes a name that the profile gives, so that none is made that is the same.
 */
void ifnames_claim (IfNames *names, const char *name);

/**
 * ifnames_make:
 * @kind: what it is for, which does not show
 *
 * Returns: (transfer full): a name of at most %IFNAME_MAX characters that begins
 * with as much of @first and @second as fits and ends with three characters that
 * tell labs apart: `web1-lan-k3q`.  The same in every run.
 */
char *ifnames_make (IfNames *names, const char *kind, const char *first, const char *second);
