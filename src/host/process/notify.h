/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words to the service manager that has started us, when one has: the protocol
 * of sd_notify(3), which is one datagram.
 */
#pragma once

/**
 * notify_manager:
 * @text: as `READY=1`
 *
 * Sends @text to the socket that NOTIFY_SOCKET names.  Without one, or when it
 * cannot be reached, nothing happens.
 */
void notify_manager (const char *text);
