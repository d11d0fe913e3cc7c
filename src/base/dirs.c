/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of directories; makes none of them. */
#include "base/dirs.h"

#include <unistd.h>

static char *
root (const char *variable, const char *for_root, const char *for_user)
{
    const char *chosen = g_getenv (variable);

    if (chosen && *chosen)
        return g_canonicalize_filename (chosen, NULL);
    if (geteuid () == 0)
        return g_strdup (for_root);
    return g_build_filename (for_user, "roost", NULL);
}

char *
dirs_run_root (void)
{
    return root ("ROOST_RUN_DIR", "/run/roost", g_get_user_runtime_dir ());
}

char *
dirs_state_root (void)
{
    return root ("ROOST_STATE_DIR", "/var/lib/roost", g_get_user_state_dir ());
}

char *
dirs_cache_root (void)
{
    return root ("ROOST_CACHE_DIR", "/var/cache/roost", g_get_user_cache_dir ());
}

char *
dirs_emulators (void)
{
    g_autofree char *state = dirs_state_root ();

    return g_build_filename (state, ".emulators", NULL);
}

char *
dirs_lab_run (const char *lab)
{
    g_autofree char *run = dirs_run_root ();

    return g_build_filename (run, lab, NULL);
}

char *
dirs_lab_state (const char *lab)
{
    g_autofree char *state = dirs_state_root ();

    return g_build_filename (state, lab, NULL);
}
