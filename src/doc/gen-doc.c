/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gen-doc FILE: prints FILE with @NAME@ replaced by what the program's tables
 * have to say.  Used by make alone.
 */
#include "config.h"

#include "doc/parts.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    void (*write) (GString *out);
} Part;

static void
write_version (GString *out)
{
    g_string_append (out, PACKAGE_VERSION);
}

static void
write_profiles (GString *out)
{
    g_string_append (out, ROOST_PKGDATADIR "/profiles");
}

static const Part parts[] = {
    { "VERSION", write_version },
    { "PROFILES", write_profiles },
    { "VERBS", doc_verbs },
    { "OPTIONS", doc_options },
    { "STATUSES", doc_statuses },
    { "KEYS", doc_keys },
    { "COMPLETION_VERBS", doc_completion_verbs },
    { "COMPLETION_OPTIONS", doc_completion_options },
    { "COMPLETION_VALUES", doc_completion_values },
};

/* Returns: the part whose @NAME@ begins at @text, and how long that is */
static const Part *
find_part (const char *text, gsize *ret_length)
{
    const char *end = strchr (text + 1, '@');

    for (gsize i = 0; end && i < G_N_ELEMENTS (parts); i++) {
        gsize length = strlen (parts[i].name);

        if (length == (gsize)(end - text - 1) && memcmp (text + 1, parts[i].name, length) == 0) {
            *ret_length = length + 2;
            return &parts[i];
        }
    }
    return NULL;
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) out = g_string_new (NULL);
    g_autofree char *text = NULL;

    if (argc != 2 || !g_file_get_contents (argv[1], &text, NULL, &error)) {
        fprintf (stderr, "gen-doc: %s\n", error ? error->message : "usage: gen-doc FILE");
        return 1;
    }
    for (const char *p = text; *p;) {
        gsize length = 0;
        const Part *part = *p == '@' ? find_part (p, &length) : NULL;

        if (part) {
            part->write (out);
            p += length;
            /* a part that ends its line need not be followed by another end */
            if (*p == '\n' && out->len > 0 && out->str[out->len - 1] == '\n')
                p++;
        } else {
            g_string_append_c (out, *p++);
        }
    }
    return fputs (out->str, stdout) < 0 || fflush (stdout) != 0;
}
