/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the conformance suite share. */
#pragma once

#include <string.h>
#include <unistd.h>

#include "integration/shared-rig.h"

#define CAPS "{\"execute\":\"qmp_capabilities\"}"
#define NAME "{\"execute\":\"query-name\"}"
#define ID(n) "\"id\": " #n

/* Where the shared socket is better, or other, than QEMU on purpose.  A test that asks for one of
 * these has an expectation of its own for each server. */
typedef enum {
    SERVES_MANY,      /* QEMU leaves a second client waiting in silence */
    DROPS_STALE,      /* QEMU gives the reply of a client that left to the next one */
    PAIRS_FDS,        /* QEMU with oob gives a descriptor to a command that did not bring it */
    CLOSES_STRAY_FDS, /* QEMU keeps one for the next command that takes one, whoever's it is */
    FORGETS_FD_NAMES, /* QEMU keeps a getfd's name for the next client; ours are each client's own
                       */
    ANSWERS_AT_END,   /* QEMU ends without a word for what it has not begun */
    N_DIFFERENCES,
} Purpose;

static inline gboolean
differs (const Rig *rig, Purpose purpose)
{
    g_assert (purpose < N_DIFFERENCES);
    return rig->server == RIG_SHARED;
}

/* The tests of section 1.1 and 1.2 (commands), 1.3 (framing), 1.4 to 1.6 (descriptors, out of
 * band, events); loop index: the server */
void conform_add_commands (TCase *both);
void conform_add_framing (TCase *both);
void conform_add_passing (TCase *both);
