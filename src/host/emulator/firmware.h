/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The UEFI firmware that this host has for machines. */
#pragma once

#include "plan/facts.h"

/**
 * firmware_find:
 * @facts: gets what was found, the best first
 * @root: where files are looked for; NULL = /
 *
 * Reads QEMU's firmware descriptors in the order that their specification
 * gives: of files with one name the user's hides the host's, and that the
 * distribution's; an empty one hides what it stands before.  Behind them come
 * the usual paths, for hosts that have the firmware and no descriptors.
 */
void firmware_find (HostFacts *facts, const char *root);
