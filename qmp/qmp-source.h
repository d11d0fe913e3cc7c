/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of event sources that a struct keeps. */
#pragma once

#include <glib.h>

/* Takes a source from its context and forgets it; NULL is fine. */
static inline void
qmp_source_clear (GSource **source)
{
    if (!*source)
        return;
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
}
