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

/* The notes stand in the profile as well: whoever reads it later should know. */
static char *
write_profile (const char *source, Draft *draft)
{
    g_autoptr (JsonNode) node = draft_finish (draft);
    g_autofree char *body = yaml_write (node), *head = g_path_get_basename (source);
    GString *text = g_string_new (NULL);

    g_string_append_printf (text, "# Imported from %s.\n", head);
    if (draft->notes->len > 0)
        g_string_append (text, "# Not carried over as it was:\n");
    for (guint i = 0; i < draft->notes->len; i++) {
        g_auto (GStrv) lines = g_strsplit (g_ptr_array_index (draft->notes, i), "\n", -1);
        g_autofree char *line = g_strjoinv (" ", lines);

        g_string_append_printf (text, "#   %s\n", line);
    }
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
