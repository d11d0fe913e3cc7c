/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decision of the switch: one frame, the port on which it came, and the
 * forwarding database give the set of ports that it leaves by, and its form
 * there.  Pure.
 *
 * Three kinds of port:
 *
 * plain   no VLAN words.  Plain ports form one segment of their own, VLAN 0 in
 *         the database, in which frames pass as they are, tagged or not.
 * access  carries one VLAN, untagged.  A priority tag (VLAN 0) is taken off;
 *         any other tag is refused, also one with the port's own VLAN.
 * trunk   carries a set of VLANs, tagged, and perhaps one more, the native VLAN,
 *         untagged.  The native VLAN is accepted tagged as well, and always
 *         leaves untagged.  Without one, untagged frames are refused.
 *
 * Plain ports never exchange frames with the others.  A frame never leaves
 * untagged when a second tag would come to light, else a machine could reach a
 * VLAN that it has no part in by tagging twice.
 *
 * Only 802.1Q tags (0x8100) count; others are data.  No address is reserved:
 * bridge protocol frames are flooded, as on a switch that knows none of them.
 */
#pragma once

#include "base/ether.h"
#include "switch/fdb.h"

#include <glib.h>

#define FRAME_MIN 14 /* two addresses and a type */
#define VLAN_TAG_LENGTH 4

typedef enum { VLAN_PLAIN, VLAN_ACCESS, VLAN_TRUNK } VlanMode;

typedef struct {
    VlanMode mode;
    guint vlan;    /* of an access port, native of a trunk; 0 = none */
    VlanSet trunk; /* tagged members; a native VLAN among them leaves untagged */
} PortVlans;

typedef enum {
    FORWARD_OK,
    FORWARD_RUNT,       /* shorter than an Ethernet header */
    FORWARD_BAD_SOURCE, /* the source is a group or zero */
    FORWARD_NO_VLAN,    /* the port has no part in the frame's VLAN */
} ForwardVerdict;

typedef struct {
    ForwardVerdict verdict;
    guint vlan;        /* 0 = the segment of plain ports */
    gboolean tagged;   /* came with a tag behind the addresses */
    gboolean retag;    /* that tag is a priority tag: it is replaced, not kept */
    gboolean nested;   /* the next type behind that tag is a tag again */
    guint8 tag[4];     /* the tag with which it leaves where it leaves tagged */
    FdbResult learned; /* what the database made of its source */
    int port;          /* the port of its destination, -1 = flood */
} Forward;

/* How a frame leaves a port. */
typedef enum {
    FORM_NONE,   /* the port has no part in its VLAN */
    FORM_NESTED, /* it has, but the frame must not be untagged */
    FORM_AS_IS,
    FORM_POP,   /* without its tag */
    FORM_PUSH,  /* with Forward.tag added */
    FORM_RETAG, /* with Forward.tag in place of its own */
} ForwardForm;

/**
 * forward_decide:
 * @ingress: index of the port on which the frame came
 * @vlans: what that port carries
 * @frame: @length bytes, beginning with the destination address
 * @fdb: learns the source
 * @now: monotonic time in ms
 * @ret: (out): always set; only `verdict` counts when it is not %FORWARD_OK
 */
void forward_decide (const PortVlans *vlans, guint ingress, const guint8 *frame, gsize length,
                     Fdb *fdb, gint64 now, Forward *ret);

/**
 * forward_form:
 * @forward: a decision with verdict %FORWARD_OK
 * @egress: what a port carries; the caller leaves out the ingress port
 *
 * Returns: how the frame leaves that port
 */
ForwardForm forward_form (const Forward *forward, const PortVlans *egress);
