/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an image whose header is read: a name that it gives is within the limit of
 * the format, and a size is none below zero. */
#include "host/image/image-info.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static const char *const formats[] = { "qcow2", "raw", "vmdk", NULL };
    int fd = memfd_create ("image", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd), *backing = NULL;

    g_assert_true (fd >= 0 && write (fd, data, size) == (gssize)size);
    backing = image_read_backing (path);
    g_assert_true (!backing || strlen (backing) <= 1023);
    for (guint i = 0; formats[i]; i++)
        g_assert_cmpint (image_read_size (path, formats[i]), >=, -1);
    close (fd);
    return 0;
}
