/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer program: any text as a profile.  It runs in an empty folder and
 * includes read regular files only, so that nothing outside is touched; texts
 * that spell `include` are left out, as what they read would differ by host. */
#include "profile/profile.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static const char *const set[] = { "a=b", NULL };
    ProfileOptions options = { .set = size > 0 && data[0] == '#' ? set : NULL };
    g_autoptr (DiagList) diags = NULL;
    g_autoptr (Lab) lab = NULL;
    g_autofree char *text = NULL;

    if (memmem (data, size, "include", strlen ("include")))
        return 0;
    diags = diag_list_new ();
    lab = profile_load_text ((const char *)data, size, "/nonexistent/fuzz.yaml", &options, diags);
    text = diag_list_format (diags);
    if ((lab != NULL) != (diag_list_n_errors (diags) == 0) || !g_utf8_validate (text, -1, NULL))
        g_error ("a lab and errors, or neither, or a complaint that is not text: %s", text);
    return 0;
}
