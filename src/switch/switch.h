/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The internal switch: a learning, VLAN-aware Ethernet switch in a process of
 * its own.  It is roost under another name, roost-switch.
 */
#pragma once

/**
 * switch_main:
 * @argc: number of arguments
 * @argv: %NULL-terminated, as options.c describes
 *
 * Runs a switch until SIGTERM or SIGINT.
 *
 * Returns: the exit status: 0 when it was told to end, 2 for a wrong command
 * line, 1 when it could not start; a sentence on standard error says why
 */
int switch_main (int argc, char **argv);
