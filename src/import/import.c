/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which kind of description a text is, and the look of the profile. */
#include "import/import.h"

#include "import/draft.h"
#include "import/libvirt.h"
#include "import/qemu-line.h"
#include "import/yaml-writer.h"

void
import_clear (Import *import)
{
    g_clear_pointer (&import->profile, g_free);
    g_clear_pointer (&import->notes, g_ptr_array_unref);
}

/* A comment ends where YAML sees a line end, and what comes after would be read: one
 * line, of what a YAML file may hold. */
static void
add_comment (GString *text, const char *before, const char *words)
{
    g_autofree char *valid = g_utf8_make_valid (words, -1);

    g_string_append (text, before);
    for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        g_string_append_unichar (
            text, g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || c == 0xfeff ? ' ' : c);
    }
    g_string_append_c (text, '\n');
}

/* The notes stand in the profile as well: whoever reads it later should know. */
static char *
write_profile (const char *source, Draft *draft)
{
    g_autoptr (JsonNode) node = draft_finish (draft);
    g_autofree char *body = yaml_write (node), *base = g_path_get_basename (source);
    g_autofree char *head = g_strconcat (base, ".", NULL);
    GString *text = g_string_new (NULL);

    add_comment (text, "# Imported from ", head);
    if (draft->notes->len > 0)
        g_string_append (text, "# Not carried over as it was:\n");
    for (guint i = 0; i < draft->notes->len; i++)
        add_comment (text, "#   ", g_ptr_array_index (draft->notes, i));
    g_string_append (text, body);
    return g_string_free (text, FALSE);
}

gboolean
import_text (const char *text, const char *source, const char *folder, Import *ret, GError **error)
{
    g_auto (Draft) draft = { 0 };
    gboolean good;

    while (g_ascii_isspace (*text))
        text++;
    draft_init (&draft, folder);
    good = *text == '<' ? libvirt_import (text, &draft, error) : qemu_import (text, &draft, error);
    if (!good) {
        g_prefix_error (error, "importing %s: ", source);
        return FALSE;
    }
    ret->profile = write_profile (source, &draft);
    ret->notes = g_steal_pointer (&draft.notes);
    return TRUE;
}
