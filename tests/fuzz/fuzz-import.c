/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a domain of libvirt's or a command line of QEMU's: what comes out of it is a
 * profile that can be read again, whatever it lacks. */
#include "import/import.h"
#include "profile/profile.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);
    ProfileOptions options = { .set = NULL };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_auto (Import) import = { NULL };
    g_autoptr (Lab) lab = NULL;

    if (!import_text (text, "fuzz", "/nonexistent", &import, NULL))
        return 0;
    g_assert_true (g_utf8_validate (import.profile, -1, NULL));
    lab = profile_load_text (import.profile, strlen (import.profile), "/nonexistent/fuzz.yaml",
                             &options, diags);
    for (guint i = 0; i < diag_list_length (diags); i++)
        g_assert_false (diag_list_get (diags, i)->level == DIAG_ERROR &&
                        strstr (diag_list_get (diags, i)->text, "YAML"));
    return 0;
}
