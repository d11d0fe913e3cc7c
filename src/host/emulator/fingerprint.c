/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of ELF notes and, where there are none, the hash of the file;
 * see fingerprint.h.
 */
#include "host/emulator/fingerprint.h"

#include "base/file.h"

#include <elf.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>

/* what a file may claim of itself */
#define SEGMENTS_MAX 64
#define NOTES_MAX (64 * 1024)
#define CHUNK (64 * 1024)

static char *
to_hex (const guint8 *bytes, gsize n)
{
    GString *hex = g_string_sized_new (2 * n);

    for (gsize i = 0; i < n; i++)
        g_string_append_printf (hex, "%02x", bytes[i]);
    return g_string_free (hex, FALSE);
}

/* Returns: (transfer full) (nullable): the build id among @notes */
static char *
find_build_id (const guint8 *notes, gsize length)
{
    gsize at = 0;
    Elf64_Nhdr note;

    while (at + sizeof note <= length) {
        gsize name, value;

        memcpy (&note, notes + at, sizeof note);
        name = at + sizeof note;
        value = name + ((gsize)note.n_namesz + 3) / 4 * 4;
        if (note.n_namesz > length || note.n_descsz > length || value > length ||
            note.n_descsz > length - value)
            return NULL;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp (notes + name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0)
            return to_hex (notes + value, note.n_descsz);
        at = value + ((gsize)note.n_descsz + 3) / 4 * 4;
    }
    return NULL;
}

static char *
read_build_id (int fd)
{
    Elf64_Ehdr head;
    Elf64_Phdr segment;

    if (pread (fd, &head, sizeof head, 0) != sizeof head ||
        memcmp (head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
        head.e_phentsize != sizeof segment)
        return NULL;
    for (int i = 0; i < MIN (head.e_phnum, SEGMENTS_MAX); i++) {
        g_autofree guint8 *notes = NULL;
        char *found;

        if (pread (fd, &segment, sizeof segment, head.e_phoff + i * sizeof segment) !=
            sizeof segment)
            return NULL;
        if (segment.p_type != PT_NOTE || segment.p_filesz > NOTES_MAX)
            continue;
        notes = g_malloc (segment.p_filesz);
        if (pread (fd, notes, segment.p_filesz, segment.p_offset) != (gssize)segment.p_filesz)
            continue;
        found = find_build_id (notes, segment.p_filesz);
        if (found)
            return found;
    }
    return NULL;
}

static char *
hash_file (int fd)
{
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
    g_autofree guint8 *chunk = g_malloc (CHUNK);
    off_t at = 0;
    gssize n;

    while ((n = pread (fd, chunk, CHUNK, at)) > 0) {
        g_checksum_update (sum, chunk, n);
        at += n;
    }
    return n < 0 ? NULL : g_strconcat ("sha256 ", g_checksum_get_string (sum), NULL);
}

char *
fingerprint_of (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC);
    g_autofree char *id = fd < 0 ? NULL : read_build_id (fd);

    if (fd < 0)
        return NULL;
    return id ? g_strconcat ("build-id ", id, NULL) : hash_file (fd);
}
