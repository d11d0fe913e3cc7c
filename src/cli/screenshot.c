/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost screenshot: a PNG of a machine's screen, in a file of the user's own. */
#include "base/error.h"
#include "cli/common/machines.h"
#include "cli/common/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static gboolean
write_picture (const char *path, const guchar *data, gsize length, GError **error)
{
    gboolean to_stdout = g_str_equal (path, "-");
    FILE *file = to_stdout ? stdout : fopen (path, "we");
    gboolean written = file && fwrite (data, 1, length, file) == length && fflush (file) == 0;
    int problem = errno;

    if (file && !to_stdout)
        fclose (file);
    if (!written)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "writing the picture to %s: %s", path,
                     g_strerror (problem));
    return written;
}

gboolean
verb_screenshot (Options *options, GError **error)
{
    const char *slash = strrchr (options->argv[0], '/');
    g_autofree char *path = options->write
                                ? g_strdup (options->write)
                                : g_strconcat (slash ? slash + 1 : options->argv[0], ".png", NULL);
    g_autoptr (JsonNode) value = NULL;
    g_autofree guchar *data = NULL;
    gsize length = 0;

    if (!machines_call_first (options, "machine-screenshot", json_object_new (), &value, error))
        return FALSE;
    data = g_base64_decode (member_string (json_node_get_object (value), "data", ""), &length);
    return write_picture (path, data, length, error);
}
