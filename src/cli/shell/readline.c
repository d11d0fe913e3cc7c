/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the loading of readline; see readline.h. */
#include "cli/shell/readline.h"

#include "base/error.h"

#include <dlfcn.h>
#include <string.h>

/* what -lreadline would have recorded where this is compiled */
#define LIBRARY "libreadline.so." G_STRINGIFY (RL_VERSION_MAJOR)

typedef struct {
    const char *name;
    gsize offset; /* of its pointer in Readline */
} Symbol;

#define SYMBOL(name) { #name, offsetof (Readline, name) },
static const Symbol symbols[] = { READLINE_SYMBOLS (SYMBOL) };
#undef SYMBOL

gboolean
readline_load (Readline *ret_readline, GError **error)
{
    void *library = dlopen (LIBRARY, RTLD_NOW | RTLD_LOCAL);
    void *address = library;
    Readline found;

    for (gsize i = 0; address && i < G_N_ELEMENTS (symbols); i++) {
        address = dlsym (library, symbols[i].name);
        memcpy ((char *)&found + symbols[i].offset, &address, sizeof address);
    }
    if (!address) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "editing lines: the library readline cannot be used: %s; install " LIBRARY
                     ", or give the commands as arguments or through a pipe",
                     dlerror ());
        return FALSE;
    }
    *ret_readline = found;
    return TRUE;
}
