/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network of one's own. */
#pragma once

#include <glib.h>

/**
 * netns_enter:
 *
 * Puts this process, which must have one thread, into a new network namespace
 * and a mount namespace where /sys shows it; into a new user namespace as well
 * when it needs one to be allowed that.  The loopback interface is up.
 */
gboolean netns_enter (GError **error);
