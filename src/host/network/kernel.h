/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel can do for networks, found out by trying: in a network of its own, which
 * ends with the process that tries.
 */
#pragma once

#include <glib.h>

typedef enum {
    KERNEL_BRIDGE,
    KERNEL_BRIDGE_VLANS, /* bridges that filter */
    KERNEL_MACVTAP,
    KERNEL_VXLAN,
    KERNEL_GRE, /* with Ethernet in it: gretap */
    KERNEL_NETEM,
} KernelFeature;

typedef enum {
    KERNEL_YES,
    KERNEL_NO,
    KERNEL_UNKNOWN, /* nothing can be tried here: no network namespace can be made */
} KernelAnswer;

/**
 * kernel_try:
 *
 * The kernel may load the module of what is tried, as it does when a lab needs it.
 * Nothing else of it stays.
 */
KernelAnswer kernel_try (KernelFeature feature);
