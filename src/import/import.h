/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine as another tool describes it, as a profile of roost's. */
#pragma once

#include <glib.h>

/* the longest description that is read */
#define IMPORT_MAX_BYTES (1024 * 1024)

typedef struct {
    char *profile;    /* YAML, owned */
    GPtrArray *notes; /* char *, owned: what could not be carried over, and why */
} Import;

void import_clear (Import *import);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

/**
 * import_text:
 * @text: a domain of libvirt's in XML, or the command line of an emulator as it
 *   is typed at a shell
 * @source: where it came from, for messages
 * @folder: absolute: where relative paths in it start
 * @ret: (out caller-allocates): set on success only
 *
 * Whatever is not understood is named in the notes; an option of the command
 * line that has no key is carried over as it is, in `args`.
 *
 * Returns: %FALSE when @text is neither
 */
gboolean import_text (const char *text, const char *source, const char *folder, Import *ret,
                      GError **error);
