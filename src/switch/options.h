/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of the switch, as plain data. */
#pragma once

#include "switch/forward.h"

#include <glib.h>

typedef struct {
    char *name; /* machine/nic */
    char *local;
    char *remote;
    PortVlans vlans;
} PortOptions;

typedef struct {
    char *name;
    char *control;
    gint64 ageing; /* ms */
    int ready_fd;  /* -1 = none */
    GArray *ports; /* PortOptions */
} SwitchOptions;

/**
 * switch_options_parse:
 * @argv: %NULL-terminated, with the program's name
 *
 * Returns: (transfer full): the options; %NULL with an error of class usage
 */
SwitchOptions *switch_options_parse (char **argv, GError **error);
void switch_options_free (SwitchOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SwitchOptions, switch_options_free)
