/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tells one binary from another, wherever it lies. */
#pragma once

/**
 * fingerprint_of:
 * @path: a program
 *
 * Returns: (transfer full) (nullable): `build-id HEX` of an ELF file that has
 * one, else `sha256 HEX` of its content; %NULL when it cannot be read
 */
char *fingerprint_of (const char *path);
