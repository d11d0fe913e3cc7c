/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rows of the key table for switches, their tunnels and nics; see keys.c. */
#include "profile/keys.h"

#include "profile/model.h"

#define NOWHERE KEY_NOWHERE
#define AT(field) G_STRUCT_OFFSET (STRUCT, field)

static const char *const link_words[] = { "up", "down", NULL };

#define STRUCT Tunnel
static const Key tunnel_keys[] = {
    { "type", KEY_ENUM, AT (type), NOWHERE, .words = tunnel_type_names, .initial = "vxlan",
      .help = "How frames travel: vxlan, or gre for ovs." },
    { "remote", KEY_ADDRESS, AT (remote), NOWHERE, .required = TRUE, .example = "192.0.2.7",
      .help = "The address of the other host." },
    { "local", KEY_ADDRESS, AT (local), NOWHERE, .example = "192.0.2.6",
      .unsaid = "the one that leads there",
      .help = "The address of this host that frames come from." },
    { "key", KEY_INT, AT (key), NOWHERE, .min = 0, .max = G_MAXINT32, .example = "42",
      .unsaid = "none, which vxlan does not allow",
      .help = "The number that both ends share: the network identifier of vxlan, 1 to 16777215, "
              "or the key of gre." },
    { "port", KEY_INT, AT (port), NOWHERE, .min = 1, .max = 65535, .initial = "4789",
      .example = "4789", .help = "The UDP port of vxlan." },
    { 0 }
};
#undef STRUCT

#define STRUCT Switch
static const Key switch_keys[] = {
    { "type", KEY_ENUM, AT (type), NOWHERE, .words = switch_type_names, .initial = "internal",
      .help = "What carries the frames: QEMU's own NAT, a learning switch between the machines of "
              "the lab, or a network of the host, which needs privilege: a Linux bridge, Open "
              "vSwitch, or macvtap on one of its interfaces." },
    { "subnet", KEY_CIDR, AT (subnet), NOWHERE, .example = "10.0.2.0/24", .unsaid = "10.0.2.0/24",
      .help = "User switch, or uplink: user: the network that the NAT hands out." },
    { "restrict", KEY_BOOL, AT (restrict_), NOWHERE, .initial = "false",
      .help = "User switch: no way out of the machine but its forwards." },
    { "ageing", KEY_DURATION, AT (ageing_ms), NOWHERE, .min = 1000, .initial = "300s",
      .example = "300s",
      .help = "Internal switch: how long a MAC address is remembered that is not seen again." },
    { "bridge", KEY_IFNAME, AT (bridge), NOWHERE, .example = "br-lab",
      .unsaid = "made from the names of lab and switch",
      .help = "Bridge and ovs: the name of the bridge on the host." },
    { "existing", KEY_BOOL, AT (existing), NOWHERE, .initial = "false",
      .help = "Bridge and ovs: the bridge is there already; it is neither made nor removed, and "
              "what is changed on it is taken back." },
    { "address", KEY_STRINGS, AT (addresses), NOWHERE, .example = "[192.168.101.1/24]",
      .unsaid = "the host has none on it",
      .help = "Bridge and ovs: addresses of the host on the switch, IPv4 or IPv6, each with the "
              "length of its network." },
    { "uplink", KEY_IFNAME, AT (uplink), NOWHERE, .example = "eth1", .unsaid = "none",
      .help = "An interface of the host that becomes a port of the switch; that macvtap stands "
              "on. user is a way out through QEMU's NAT, which is a port of the internal, "
              "bridge or ovs switch then, also in a private lab." },
    { "mode", KEY_ENUM, AT (mode), NOWHERE, .words = macvtap_mode_names, .initial = "bridge",
      .help = "Macvtap: whether its machines reach each other (bridge), through the switch behind "
              "uplink (vepa), not at all (private), or there is but one (passthru)." },
    { "datapath", KEY_ENUM, AT (datapath), NOWHERE, .words = datapath_names, .initial = "system",
      .help = "Ovs: frames are carried by the kernel's module, or by ovs-vswitchd itself "
              "(netdev), which needs no module." },
    { "mtu", KEY_INT, AT (mtu), NOWHERE, .min = 68, .max = 65535, .example = "9000",
      .unsaid = "the kernel's, 1500",
      .help = "The largest frame, without its header: of bridge and taps, and an uplink that "
              "carries less carries as much while the lab is up. Changes below machines that "
              "run; their guests are not told (no host_mtu) and set theirs themselves." },
    { "vlan", KEY_INT, AT (vlan), NOWHERE, .min = 1, .max = VLAN_MAX, .example = "252",
      .unsaid = "untagged",
      .help = "Bridge and ovs: the VLAN that the addresses of the host are in, and the NAT of "
              "uplink: user, which internal switches can have as well." },
    { "stp", KEY_ENUM, AT (stp), NOWHERE, .words = stp_names, .initial = "off",
      .help = "Bridge and ovs: the spanning tree protocol; rstp is for ovs." },
    { "flows", KEY_PATH, AT (flows), NOWHERE, .unsaid = "an ordinary learning switch",
      .help = "Ovs: a file of OpenFlow rules, as ovs-ofctl add-flows reads it, in place of those "
              "of an ordinary switch." },
    { "tunnels", KEY_ITEMS, AT (tunnels), NOWHERE, .section = &tunnel_section,
      .help = "Bridge and ovs: tunnels to switches on other hosts, by name." },
    { 0 }
};
#undef STRUCT

#define STRUCT Nic
static const Key nic_keys[] = {
    { "switch", KEY_STRING, AT (switch_name), NOWHERE, .required = TRUE, .example = "user",
      .help = "The switch that it is plugged into; user is QEMU's NAT and need not be declared." },
    { "model", KEY_STRING, AT (model), AT (model_place), .initial = "e1000", .example = "e1000",
      .help = "The device that the machine sees, as the emulator names it." },
    { "mac", KEY_MAC, AT (mac), AT (mac_place), .example = "52:54:00:12:34:56",
      .unsaid = "made from the names of lab, machine and nic", .help = "The MAC address." },
    { "vlan", KEY_INT, AT (vlan), NOWHERE, .min = 1, .max = VLAN_MAX, .example = "252",
      .unsaid = "untagged",
      .help = "Internal, bridge and ovs: the access VLAN; with trunk the VLAN of untagged "
              "frames." },
    { "trunk", KEY_VLANS, AT (trunk), NOWHERE, .example = "[10, 20-29]", .unsaid = "no trunk",
      .help = "Internal, bridge and ovs: the VLANs that are carried with their tags." },
    { "bootindex", KEY_INT, AT (bootindex), AT (bootindex_place), .min = 0, .max = G_MAXINT32,
      .example = "1", .unsaid = "after those that have one",
      .help = "The place of network boot in the boot order." },
    { "link", KEY_ENUM, AT (link_down), NOWHERE, .words = link_words, .initial = "up",
      .help = "Whether the cable is plugged in when the machine starts." },
    { "queues", KEY_INT, AT (queues), NOWHERE, .min = 1, .max = 16, .initial = "1", .example = "4",
      .help = "Bridge, ovs and macvtap with a virtio model: how many pairs of queues." },
    { "vhost", KEY_CHOICE, AT (vhost), NOWHERE, .unsaid = "with virtio where the host has it",
      .help = "Bridge, ovs and macvtap with a virtio model: frames are carried by the host's "
              "kernel." },
    { "tap", KEY_IFNAME, AT (tap), NOWHERE, .example = "tap0", .unsaid = "roost makes one",
      .help = "Bridge and ovs: a tap that is there already, is plugged in already and stays; it "
              "must belong to this user." },
    { "hotplug", KEY_BOOL, AT (hotplug), NOWHERE, .initial = "false",
      .help = "On q35 it gets a PCI Express port of its own, so that it can be removed while the "
              "machine runs; on i440fx it can be anyway." },
    { 0 }
};
#undef STRUCT

static gpointer
create_switch (void)
{
    return model_switch_new ();
}

static gpointer
create_tunnel (void)
{
    return model_tunnel_new ();
}

static gpointer
create_nic (void)
{
    return model_nic_new ();
}

const Section switch_section = { "switch",
                                 switch_keys,
                                 sizeof (Switch),
                                 create_switch,
                                 G_STRUCT_OFFSET (Switch, name),
                                 G_STRUCT_OFFSET (Switch, place),
                                 KEY_SHORT_NAME };
const Section tunnel_section = { "tunnel",
                                 tunnel_keys,
                                 sizeof (Tunnel),
                                 create_tunnel,
                                 G_STRUCT_OFFSET (Tunnel, name),
                                 G_STRUCT_OFFSET (Tunnel, place),
                                 KEY_SHORT_NAME };
const Section nic_section = { "nic",
                              nic_keys,
                              sizeof (Nic),
                              create_nic,
                              G_STRUCT_OFFSET (Nic, name),
                              G_STRUCT_OFFSET (Nic, place),
                              KEY_SHORT_NAME };
