/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules of learning, VLAN membership and tagging; moves no frame. */
#include "switch/forward.h"

#include <string.h>

#define TYPE_OFFSET 12
#define TPID 0x8100
#define VID_MASK 0x0fff

static guint
read_be16 (const guint8 *bytes)
{
    return (guint)bytes[0] << 8 | bytes[1];
}

static gboolean
has_tag_at (const guint8 *frame, gsize length, gsize offset)
{
    return length >= offset + VLAN_TAG_LENGTH && read_be16 (frame + offset) == TPID;
}

/* A tag cut short has no room for its VLAN and the type behind it. */
static gboolean
has_cut_tag (const guint8 *frame, gsize length)
{
    return read_be16 (frame + TYPE_OFFSET) == TPID && length < FRAME_MIN + VLAN_TAG_LENGTH;
}

static gboolean
is_source (const guint8 *mac)
{
    static const guint8 zero[6];

    return (mac[0] & 1) == 0 && memcmp (mac, zero, sizeof zero) != 0;
}

/* Puts a frame from a VLAN-aware port into its VLAN. */
static ForwardVerdict
classify (const PortVlans *vlans, const guint8 *frame, gsize length, Forward *ret)
{
    guint tci = 0;
    guint vid;

    if (has_cut_tag (frame, length))
        return FORWARD_RUNT;
    ret->tagged = has_tag_at (frame, length, TYPE_OFFSET);
    if (ret->tagged) {
        tci = read_be16 (frame + TYPE_OFFSET + 2);
        ret->nested = read_be16 (frame + TYPE_OFFSET + VLAN_TAG_LENGTH) == TPID;
    }
    vid = tci & VID_MASK;
    ret->retag = ret->tagged && vid == 0;
    if (vid == 0)
        ret->vlan = vlans->vlan;
    else if (vlans->mode == VLAN_TRUNK && (vid == vlans->vlan || vlan_set_has (&vlans->trunk, vid)))
        ret->vlan = vid;
    if (ret->vlan == 0)
        return FORWARD_NO_VLAN;

    tci = (tci & ~(guint)VID_MASK) | ret->vlan;
    ret->tag[0] = TPID >> 8;
    ret->tag[1] = TPID & 0xff;
    ret->tag[2] = tci >> 8;
    ret->tag[3] = tci & 0xff;
    return FORWARD_OK;
}

void
forward_decide (const PortVlans *vlans, guint ingress, const guint8 *frame, gsize length, Fdb *fdb,
                gint64 now, Forward *ret)
{
    const guint8 *destination = frame;
    const guint8 *source = frame + 6;

    *ret = (Forward){ .port = -1 };
    if (length < FRAME_MIN) {
        ret->verdict = FORWARD_RUNT;
        return;
    }
    if (!is_source (source)) {
        ret->verdict = FORWARD_BAD_SOURCE;
        return;
    }
    if (vlans->mode != VLAN_PLAIN) {
        ret->verdict = classify (vlans, frame, length, ret);
        if (ret->verdict != FORWARD_OK)
            return;
    }
    ret->learned = fdb_learn (fdb, ret->vlan, source, ingress, now);
    if ((destination[0] & 1) == 0)
        ret->port = fdb_find (fdb, ret->vlan, destination, now);
}

static ForwardForm
untagged_form (const Forward *forward)
{
    if (!forward->tagged)
        return FORM_AS_IS;
    return forward->nested ? FORM_NESTED : FORM_POP;
}

static ForwardForm
tagged_form (const Forward *forward)
{
    if (!forward->tagged)
        return FORM_PUSH;
    return forward->retag ? FORM_RETAG : FORM_AS_IS;
}

ForwardForm
forward_form (const Forward *forward, const PortVlans *egress)
{
    switch (egress->mode) {
    case VLAN_PLAIN:
        return forward->vlan == 0 ? FORM_AS_IS : FORM_NONE;
    case VLAN_ACCESS:
        return forward->vlan == egress->vlan ? untagged_form (forward) : FORM_NONE;
    case VLAN_TRUNK:
        if (forward->vlan == 0)
            return FORM_NONE;
        if (forward->vlan == egress->vlan)
            return untagged_form (forward);
        return vlan_set_has (&egress->trunk, forward->vlan) ? tagged_form (forward) : FORM_NONE;
    }
    g_assert_not_reached ();
}
