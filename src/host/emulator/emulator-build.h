/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds an emulator from its source and a series of patches, into a prefix of
 * its own: what is installed on the host is not touched.
 */
#pragma once

#include "host/emulator/emulator-store.h"

#include <gio/gio.h>

typedef struct {
    const char *name;             /* a valid name */
    const char *source;           /* absolute: a folder or a tarball; it is only read */
    const char *patches;          /* absolute: a folder, or NULL */
    const char *target;           /* as x86_64-softmmu */
    const char *const *configure; /* more options for configure; NULL-terminated */
    guint jobs;
    /* what goes on, for a person: the stage and, while it lasts, what its tool says */
    void (*progress) (const char *stage, const char *line, gpointer user_data);
    gpointer user_data;
} EmulatorBuild;

/**
 * emulator_build_async:
 * @build: copied, but for what it points to, which has to last
 *
 * Unpacks, patches, configures, compiles, installs.  A build that was cut off
 * goes on where it was, when it is given the same things again.  Everything that
 * the tools say is in build.log of the emulator's folder.
 */
void emulator_build_async (const EmulatorBuild *build, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);

/**
 * emulator_build_finish:
 *
 * Returns: (transfer full): what was built, not yet in the store; %NULL when a
 * stage failed
 */
BuiltEmulator *emulator_build_finish (GAsyncResult *result, GError **error);
