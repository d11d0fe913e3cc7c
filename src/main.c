/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Process map
 *
 *   roost VERB          a short-lived client; loads and plans for itself, and
 *                       speaks to supervisors over their control sockets
 *   roost supervise LAB one per lab, in a session of its own; started by `up`,
 *                       or by any verb that meets a lab without one.  Owns the
 *                       listening ends of lab.sock and of every shared QMP
 *                       socket, and the connection to each emulator's monitor
 *   roost-switch        one per internal switch; owns one datagram socket per
 *                       port; outlives the supervisor
 *   roost-net           one per private lab; holds its namespaces, lends what has to
 *                       be opened inside, is the parent of its Open vSwitch
 *   qemu-system-…       one per machine; owns its monitor's listening socket,
 *                       which it inherits as descriptor 3, and its serial
 *                       sockets; outlives the supervisor
 */
#include "cli/verb.h"
#include "netns/netns.h"
#include "switch/switch.h"

#include <locale.h>
#include <string.h>

int
main (int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr (argv[0], '/') : NULL;
    const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : "roost";

    setlocale (LC_CTYPE, ""); /* and no other: numbers and messages are the same everywhere */
    if (strcmp (name, "roost-switch") == 0)
        return switch_main (argc, argv);
    if (strcmp (name, "roost-net") == 0)
        return netns_main (argc, argv);
    return verb_main (argc, argv);
}
