/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What roost ssh keeps of a lab. */
#pragma once

/**
 * ssh_known_hosts:
 *
 * Returns: (transfer full): the file with the keys of the servers in the machines of
 * @lab, which is there once one was seen
 */
char *ssh_known_hosts (const char *lab);
