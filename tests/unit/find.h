/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lab that was read from a profile has under a name; NULL when nothing. */
#pragma once

#include "profile/model.h"

static inline Switch *
find_switch (const Lab *lab, const char *name)
{
    for (guint i = 0; i < lab->switches->len; i++) {
        Switch *sw = g_ptr_array_index (lab->switches, i);

        if (g_str_equal (sw->name, name))
            return sw;
    }
    return NULL;
}

static inline Machine *
find_machine (const Lab *lab, const char *name)
{
    for (guint i = 0; i < lab->machines->len; i++) {
        Machine *machine = g_ptr_array_index (lab->machines, i);

        if (g_str_equal (machine->name, name))
            return machine;
    }
    return NULL;
}
