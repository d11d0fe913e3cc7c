/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ethernet words: MAC addresses and sets of VLAN numbers, as text and back. */
#pragma once

#include <glib.h>

#define VLAN_MAX 4094

/* the longest name of a network interface, without its NUL */
#define IFNAME_MAX 15

typedef struct {
    guint8 bytes[6];
} Mac;

/* A set of VLAN numbers 1 to 4094, one bit each. */
typedef struct {
    guint32 bits[128];
} VlanSet;

/**
 * mac_parse:
 * @text: six hexadecimal pairs with `:` or `-` between them
 *
 * Returns: %FALSE when @text is no MAC address
 */
gboolean mac_parse (const char *text, Mac *ret);

/**
 * mac_format:
 *
 * Returns: (transfer full): lower case with colons
 */
char *mac_format (const Mac *mac);

static inline gboolean
mac_is_multicast (const Mac *mac)
{
    return (mac->bytes[0] & 1) != 0;
}

/**
 * vlan_set_parse:
 * @text: numbers and ranges, as `10,20-29`; may be empty
 *
 * Returns: %FALSE when @text is not such a list or leaves 1 to 4094
 */
gboolean vlan_set_parse (const char *text, VlanSet *ret);

/**
 * vlan_set_format:
 *
 * Returns: (transfer full): the shortest list that vlan_set_parse() reads as @set
 */
char *vlan_set_format (const VlanSet *set);

static inline gboolean
vlan_set_has (const VlanSet *set, guint vlan)
{
    return vlan <= VLAN_MAX && (set->bits[vlan / 32] >> (vlan % 32) & 1) != 0;
}

static inline void
vlan_set_add (VlanSet *set, guint vlan)
{
    set->bits[vlan / 32] |= 1u << (vlan % 32);
}

/* Returns: whether no VLAN is in it, as in one that was never set */
gboolean vlan_set_is_empty (const VlanSet *set);

/* 1 to 4094 */
extern const VlanSet vlan_set_all;

/**
 * ifname_is_valid:
 *
 * Returns: whether Linux lets a network interface be called @name
 */
gboolean ifname_is_valid (const char *name);
