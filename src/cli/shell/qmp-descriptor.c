/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the words for descriptors mean. */
#include "cli/shell/qmp-descriptor.h"

#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define BY_NUMBER "@fd:"
#define BY_NAME "@open:"

gboolean
qmp_descriptor_is_one (const char *word)
{
    return g_str_has_prefix (word, BY_NUMBER) || g_str_has_prefix (word, BY_NAME);
}

static int
open_file (const char *word, GError **error)
{
    g_autofree char *here = g_get_current_dir ();
    g_autofree char *path = file_absolute (here, word + strlen (BY_NAME));
    int fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && (errno == EACCES || errno == EROFS || errno == EISDIR))
        fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "opening %s: %s", path,
                     g_strerror (errno));
    return fd;
}

int
qmp_descriptor_open (const char *word, GError **error)
{
    gint64 number;
    int fd;

    if (g_str_has_prefix (word, BY_NAME))
        return open_file (word, error);
    if (!quantity_parse_int (word + strlen (BY_NUMBER), 0, G_MAXINT32, &number)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s: this is no number",
                     word + strlen (BY_NUMBER));
        return -1;
    }
    fd = fcntl ((int)number, F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "descriptor %d: %s: give it to roost, as in: roost … %d<FILE", (int)number,
                     g_strerror (errno), (int)number);
    return fd;
}
