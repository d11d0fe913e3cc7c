/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forwards: `tcp:127.0.0.1:0-:443 as https`. */
#pragma once

#include "profile/model.h"

/**
 * forward_parse:
 * @text: `PROTO:[HOST]:PORT-[GUEST]:PORT [as NAME]`; without `HOST:` the host
 *   address is 127.0.0.1, with an empty one it is every address of the host
 * @ret_problem: (out): which piece is wrong and how to mend it, on error
 *
 * Returns: (transfer full) (nullable): the forward, without its place
 */
Forward *forward_parse (const char *text, char **ret_problem);

/**
 * ipv4_cidr_is_valid:
 *
 * Returns: whether @text is a network, as 10.0.2.0/24
 */
gboolean ipv4_cidr_is_valid (const char *text);
