/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints every kind of step that there is, one a line: the fault labs must have all
 * of them. */
#include "plan/step.h"

#include <stdio.h>

int
main (void)
{
    for (gsize i = 0; step_kind_names[i]; i++)
        puts (step_kind_names[i]);
    return 0;
}
