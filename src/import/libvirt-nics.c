/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a domain's <devices> becomes nics, and switches for them. */
#include "import/libvirt-private.h"

#include "base/quantity.h"

#include <string.h>

static void
take_bridge (LibvirtImporter *importer, XmlNode *node, JsonObject *nic, const char *bridge)
{
    const char *port = xml_child_attribute (node, "virtualport", "type");
    const char *type = g_strcmp0 (port, "openvswitch") == 0 ? "ovs" : "bridge";
    const char *name = draft_add_switch (importer->draft, type, "bridge", bridge);

    if (xml_child (node, "virtualport"))
        xml_use_all (xml_child (node, "virtualport"));
    draft_set (nic, "switch", name);
    draft_set_bool (draft_group (importer->draft->switches, name), "existing", TRUE);
}

static void
take_vlans (XmlNode *node, JsonObject *nic)
{
    XmlNode *vlan = xml_child (node, "vlan");
    gboolean trunk = g_strcmp0 (xml_attribute (vlan, "trunk"), "yes") == 0;
    g_autoptr (JsonArray) tags = json_array_new ();

    for (guint i = 0; vlan && i < vlan->children->len; i++) {
        XmlNode *tag = g_ptr_array_index (vlan->children, i);
        const char *mode = xml_attribute (tag, "nativeMode");
        gint64 id;

        tag->used = TRUE;
        if (!quantity_parse_int (xml_attribute (tag, "id") ? xml_attribute (tag, "id") : "", 1,
                                 4094, &id))
            continue;
        if (mode || (!trunk && vlan->children->len == 1))
            draft_set_int (nic, "vlan", id);
        else
            json_array_add_int_element (tags, id);
    }
    if (json_array_get_length (tags) > 0)
        json_object_set_array_member (nic, "trunk", json_array_ref (tags));
}

static void
take_network (LibvirtImporter *importer, XmlNode *node, JsonObject *nic, const char *type)
{
    XmlNode *source = xml_child (node, "source");
    const char *bridge = xml_attribute (source, "bridge"), *dev = xml_attribute (source, "dev");
    const char *mode = xml_attribute (source, "mode");

    if (g_strcmp0 (type, "bridge") == 0 && bridge) {
        take_bridge (importer, node, nic, bridge);
    } else if (g_strcmp0 (type, "direct") == 0 && dev) {
        const char *name = draft_add_switch (importer->draft, "macvtap", "uplink", dev);

        draft_set (nic, "switch", name);
        if (mode)
            draft_set (draft_group (importer->draft->switches, name), "mode",
                       strcmp (mode, "passthrough") == 0 ? "passthru" : mode);
    } else {
        draft_set (nic, "switch", "user");
        if (g_strcmp0 (type, "user") != 0)
            draft_note (importer->draft, "devices/interface type=%s%s%s: QEMU's own NAT is taken",
                        type ? type : "?", source ? " source=" : "",
                        xml_attribute (source, "network") ? xml_attribute (source, "network") : "");
    }
}

void
libvirt_import_interface (LibvirtImporter *importer, XmlNode *node)
{
    static const LibvirtWord models[] = { { "virtio", "virtio-net-pci" },
                                          { "virtio-non-transitional", "virtio-net-pci" },
                                          { NULL, NULL } };
    JsonObject *nic = draft_add_nic (importer->draft, "nic");
    const char *model, *ours;

    node->used = TRUE;
    take_network (importer, node, nic, xml_attribute (node, "type"));
    model = xml_child_attribute (node, "model", "type");
    ours = libvirt_translate (models, model);
    draft_set (nic, "model", ours ? ours : model);
    draft_set (nic, "mac", xml_child_attribute (node, "mac", "address"));
    take_vlans (node, nic);
    if (g_strcmp0 (xml_child_attribute (node, "link", "state"), "down") == 0)
        draft_set (nic, "link", "down");
    if (xml_child (node, "target"))
        xml_use_all (xml_child (node, "target")); /* a tap's name is roost's own affair */
    libvirt_take_boot_order (importer, node, nic);
    if (!importer->first[2])
        importer->first[2] = nic;
}
