/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the trying of what the kernel can do for networks; see kernel.h. */
#include "host/network/kernel.h"

#include "host/network/netem.h"
#include "host/network/netlink-private.h"

#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#define BRIDGE "b0"
#define MAC "72:00:00:00:00:01"
#define REMOTE "192.0.2.1"

static gboolean
try_filter (Netlink *netlink)
{
    g_autoptr (Link) link = netlink_add_bridge (netlink, "b1", MAC, FALSE, TRUE, NULL)
                                ? netlink_find (netlink, "b1", NULL)
                                : NULL;

    return link && link->filters;
}

static KernelAnswer
try_inside (Netlink *netlink, KernelFeature feature)
{
    gboolean done = netlink_add_bridge (netlink, BRIDGE, MAC, FALSE, FALSE, NULL);
    g_autoptr (Link) bridge = done ? netlink_find (netlink, BRIDGE, NULL) : NULL;

    switch (feature) {
    case KERNEL_BRIDGE:
        break;
    case KERNEL_BRIDGE_VLANS:
        done = try_filter (netlink);
        break;
    case KERNEL_MACVTAP:
        if (!bridge)
            return KERNEL_UNKNOWN;
        done = netlink_add_macvtap (netlink, "m0", MAC, bridge->index, "bridge", NULL);
        break;
    case KERNEL_VXLAN:
        done = netlink_add_vxlan (netlink, "v0", MAC, 1, REMOTE, NULL, 4789, NULL);
        break;
    case KERNEL_GRE:
        done = netlink_add_gretap (netlink, "g0", MAC, REMOTE, NULL);
        break;
    case KERNEL_NETEM:
        if (!bridge)
            return KERNEL_UNKNOWN;
        done = netem_set (netlink, bridge, &(Netem){ .delay_ms = 1 }, NULL);
        break;
    }
    return done ? KERNEL_YES : KERNEL_NO;
}

/* In a process of its own, in a network of its own. */
static KernelAnswer
try_alone (KernelFeature feature)
{
    g_autoptr (Netlink) netlink = NULL;

    if (unshare (CLONE_NEWNET) < 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return KERNEL_UNKNOWN;
    netlink = netlink_open (NULL, NULL);
    return netlink ? try_inside (netlink, feature) : KERNEL_UNKNOWN;
}

KernelAnswer
kernel_try (KernelFeature feature)
{
    pid_t pid = fork (), ended;
    int status = 0;

    if (pid < 0)
        return KERNEL_UNKNOWN;
    if (pid == 0)
        _exit ((int)try_alone (feature));
    do
        ended = waitpid (pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == pid && WIFEXITED (status) ? (KernelAnswer)WEXITSTATUS (status) : KERNEL_UNKNOWN;
}
