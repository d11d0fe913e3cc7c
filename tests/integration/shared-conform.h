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
    SERVES_MANY,
    DROPS_STALE,
    PAIRS_FDS,
    CLOSES_STRAY_FDS,
    FORGETS_FD_NAMES,
    ANSWERS_AT_END,
    KEEPS_ID_BYTES,
    WAITS_FOR_ANSWERS,
    N_DIFFERENCES,
} Purpose;

static const struct {
    const char *qemu, *shared, *reason;
} DIFFERENCE_TABLE[] = {
    [SERVES_MANY] = { "a second client waits in silence", "every client is greeted",
                      "that is what the shared socket is for" },
    [DROPS_STALE] = { "the reply for a client that left goes to the next one", "it is dropped",
                      "nobody else can make sense of it" },
    [PAIRS_FDS] = { "with oob a descriptor may go to a command that did not bring it",
                    "it goes with its command", "that is a fault of QEMU's" },
    [CLOSES_STRAY_FDS] = { "one sent with a command that takes none is kept for the next, "
                           "whoever's",
                           "it is closed", "the next command may be another client's" },
    [FORGETS_FD_NAMES] = { "a getfd's name outlives its client", "names are each client's own",
                           "clients must not meet in names" },
    [ANSWERS_AT_END] = { "what was not begun at the end goes without a word",
                         "it is answered with an error", "every command has one answer" },
    [KEEPS_ID_BYTES] = { "an id is read and written anew", "the client's own bytes come back",
                         "1e400 becomes no JSON in QEMU; see also qmp-conform-rows.h" },
    [WAITS_FOR_ANSWERS] = { "a client that sends no more may lose answers", "it gets them all",
                            "QEMU's is a race" },
};

static inline gboolean
differs (const Rig *rig, Purpose purpose)
{
    g_assert (purpose < N_DIFFERENCES && DIFFERENCE_TABLE[purpose].reason);
    return rig->server == RIG_SHARED;
}

/* The suite being made, and which statements it has a test of. */
#define STATEMENTS 76

typedef struct {
    TCase *both;
    gboolean has[STATEMENTS];
} Conform;

/* @test: named after its statement: cl… and mx… as it is tagged */
static inline void
conform_add (Conform *conform, const TTest *test)
{
    guint64 n = g_ascii_strtoull (test->name + 2, NULL, 10);

    g_assert (n > 0 && n < STATEMENTS);
    conform->has[n] = TRUE;
    tcase_add_loop_test (conform->both, test, 0, RIG_N_SERVERS);
}

/* The tests of section 1.1 and 1.2 (commands, and what becomes of odd ones), 1.3 and 1.8 (framing,
 * malformed input), 1.4 to 1.6 (descriptors, out of band, events); loop index: the server */
void conform_add_commands (Conform *conform);
void conform_add_dispatch (Conform *conform);
void conform_add_framing (Conform *conform);
void conform_add_malformed (Conform *conform);
void conform_add_passing (Conform *conform);
