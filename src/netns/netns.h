/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that holds the network of a private lab. */
#pragma once

/**
 * netns_main:
 *
 * The whole process `roost-net`: its words are in netns.c.
 *
 * Returns: the exit status
 */
int netns_main (int argc, char **argv);
