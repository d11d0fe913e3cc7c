/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a domain's <devices> becomes disks, nics, ports and screens. */
#include "import/libvirt.h"

#include "base/quantity.h"

#include <string.h>

typedef struct {
    XmlNode *devices;
    Draft *draft;
    int serials;
    JsonObject *first[3]; /* disk, cdrom, nic: what an <os><boot> of that kind means */
    gboolean ordered;     /* some device has a place in the boot order of its own */
} Importer;

/* names of libvirt's for models, and QEMU's */
typedef struct {
    const char *theirs;
    const char *ours;
} Word;

static const Word scsi_words[] = { { "virtio-scsi", "virtio-scsi" },
                                   { "lsilogic", "lsi" },
                                   { "vmpvscsi", "pvscsi" },
                                   { "lsisas1068", "mptsas" },
                                   { NULL, NULL } };
static const Word bus_words[] = { { "ide", "ide" },   { "sata", "ahci" },     { "usb", "usb" },
                                  { "scsi", "scsi" }, { "virtio", "virtio" }, { "nvme", "nvme" },
                                  { NULL, NULL } };
static const Word usb_words[] = { { "nec-xhci", "nec-usb-xhci" },
                                  { "qemu-xhci", "qemu-xhci" },
                                  { "ehci", "usb-ehci" },
                                  { NULL, NULL } };
static const Word video_words[] = { { "vga", "vga" },       { "cirrus", "cirrus" },
                                    { "qxl", "qxl" },       { "vmvga", "vmware" },
                                    { "virtio", "virtio" }, { "none", "none" },
                                    { NULL, NULL } };

static const char *
translate (const Word *words, const char *theirs)
{
    for (const Word *word = words; theirs && word->theirs; word++)
        if (strcmp (word->theirs, theirs) == 0)
            return word->ours;
    return NULL;
}

/* Returns: (transfer none) (nullable): the model of the first controller of @type */
static const char *
controller_model (const Importer *importer, const char *type)
{
    GPtrArray *children = importer->devices->children;

    for (guint i = 0; i < children->len; i++) {
        XmlNode *child = g_ptr_array_index (children, i);

        if (strcmp (child->name, "controller") == 0 &&
            g_strcmp0 (xml_attribute (child, "type"), type) == 0)
            return xml_attribute (child, "model");
    }
    return NULL;
}

static void
take_boot_order (Importer *importer, XmlNode *node, JsonObject *item)
{
    const char *order = xml_child_attribute (node, "boot", "order");
    gint64 index;

    if (order && quantity_parse_int (order, 1, G_MAXINT32, &index)) {
        draft_set_int (item, "bootindex", index);
        importer->ordered = TRUE;
    }
}

/* --- disks --- */

static void
take_driver (XmlNode *node, JsonObject *disk)
{
    XmlNode *driver = xml_child (node, "driver");
    const char *cache = xml_attribute (driver, "cache");

    xml_attribute (driver, "name");
    draft_set (disk, "format", xml_attribute (driver, "type"));
    if (g_strcmp0 (cache, "default") != 0)
        draft_set (disk, "cache", cache);
    draft_set (disk, "aio", xml_attribute (driver, "io"));
    draft_set (disk, "discard", xml_attribute (driver, "discard"));
    draft_set (disk, "detect_zeroes", xml_attribute (driver, "detect_zeroes"));
}

static const char *
take_source (Importer *importer, XmlNode *node)
{
    XmlNode *source = xml_child (node, "source");
    const char *type = xml_attribute (node, "type");
    const char *path = xml_attribute (source, "file");

    xml_attribute (source, "index");
    if (!path)
        path = xml_attribute (source, "dev");
    if (source && !path)
        draft_note (importer->draft,
                    "devices/disk type=%s: only files and block devices can be "
                    "read",
                    type ? type : "?");
    return path;
}

static void
take_bus (Importer *importer, const char *bus, JsonObject *disk)
{
    const char *ours = translate (bus_words, bus), *model = NULL;

    draft_set (disk, "bus", ours);
    if (!ours)
        draft_note (importer->draft, "devices/disk/target bus=%s: taken for sata", bus ? bus : "?");
    else if (strcmp (ours, "scsi") == 0)
        model = translate (scsi_words, controller_model (importer, "scsi"));
    else if (strcmp (ours, "usb") == 0)
        model = translate (usb_words, controller_model (importer, "usb"));
    draft_set (disk, "controller", model);
}

static void
import_disk (Importer *importer, XmlNode *node)
{
    const char *device = xml_attribute (node, "device");
    XmlNode *target = xml_child (node, "target");
    gboolean cdrom = g_strcmp0 (device, "cdrom") == 0;
    const char *path;
    JsonObject *disk;

    if (device && !cdrom && strcmp (device, "disk") != 0) {
        draft_note (importer->draft, "devices/disk device=%s: there are disks and cdroms only",
                    device);
        xml_use_all (node);
        return;
    }
    node->used = TRUE;
    path = take_source (importer, node);
    disk = draft_add_disk (importer->draft, xml_attribute (target, "dev"));
    take_bus (importer, xml_attribute (target, "bus"), disk);
    xml_attribute (target, "tray");
    if (cdrom)
        draft_set (disk, "media", "cdrom");
    if (path) {
        draft_set (disk, "image", path);
        if (!cdrom)
            draft_set (disk, "clone", "none"); /* the machine goes on with its own disk */
    } else if (!cdrom) {
        draft_set (disk, "size", "16G");
        draft_note (importer->draft, "devices/disk: it has no file; an empty one of 16G is made");
    }
    take_driver (node, disk);
    if (cdrom)
        json_object_remove_member (disk, "discard");
    if (xml_child (node, "readonly") && !cdrom)
        draft_set_bool (disk, "read_only", TRUE);
    draft_set (disk, "serial", xml_text (xml_child (node, "serial")));
    take_boot_order (importer, node, disk);
    if (xml_child (node, "backingStore"))
        xml_use_all (xml_child (node, "backingStore"));
    if (!importer->first[cdrom])
        importer->first[cdrom] = disk;
}

/* --- nics --- */

static void
take_bridge (Importer *importer, XmlNode *node, JsonObject *nic, const char *bridge)
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
take_network (Importer *importer, XmlNode *node, JsonObject *nic, const char *type)
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

static void
import_interface (Importer *importer, XmlNode *node)
{
    static const Word models[] = { { "virtio", "virtio-net-pci" },
                                   { "virtio-non-transitional", "virtio-net-pci" },
                                   { NULL, NULL } };
    JsonObject *nic = draft_add_nic (importer->draft, "nic");
    const char *model, *ours;

    node->used = TRUE;
    take_network (importer, node, nic, xml_attribute (node, "type"));
    model = xml_child_attribute (node, "model", "type");
    ours = translate (models, model);
    draft_set (nic, "model", ours ? ours : model);
    draft_set (nic, "mac", xml_child_attribute (node, "mac", "address"));
    take_vlans (node, nic);
    if (g_strcmp0 (xml_child_attribute (node, "link", "state"), "down") == 0)
        draft_set (nic, "link", "down");
    if (xml_child (node, "target"))
        xml_use_all (xml_child (node, "target")); /* a tap's name is roost's own affair */
    take_boot_order (importer, node, nic);
    if (!importer->first[2])
        importer->first[2] = nic;
}

/* --- screens and ports --- */

static void
import_graphics (Importer *importer, XmlNode *node)
{
    const char *type = xml_attribute (node, "type"), *port = xml_attribute (node, "port");
    const char *listen = xml_attribute (node, "listen");
    JsonObject *machine = importer->draft->machine;
    gint64 number;

    node->used = TRUE;
    xml_attribute (node, "autoport");
    if (xml_child (node, "listen")) {
        const char *address = xml_child_attribute (node, "listen", "address");

        listen = address ? address : listen;
        xml_use_all (xml_child (node, "listen"));
    }
    if (xml_child (node, "image"))
        xml_use_all (xml_child (node, "image"));
    if (g_strcmp0 (type, "spice") == 0) {
        draft_set (machine, "display", "spice");
        if (port && quantity_parse_int (port, 1, 65535, &number)) {
            g_autofree char *address =
                g_strdup_printf ("%s:%s", listen ? listen : "127.0.0.1", port);

            draft_set (machine, "display_address", address);
        }
    } else if (g_strcmp0 (type, "vnc") == 0) {
        draft_set (machine, "display", "vnc");
        if (port && strcmp (port, "-1") != 0)
            draft_note (importer->draft,
                        "devices/graphics port=%s: VNC is on a Unix socket (roost status)", port);
    } else {
        draft_note (importer->draft, "devices/graphics type=%s: there are vnc and spice",
                    type ? type : "?");
    }
}

static void
import_video (Importer *importer, XmlNode *node)
{
    XmlNode *model = xml_child (node, "model");
    const char *type = xml_attribute (model, "type"), *memory = xml_attribute (model, "vram");
    gint64 kib;

    node->used = TRUE;
    xml_attribute (model, "heads");
    xml_attribute (model, "primary");
    if (translate (video_words, type))
        draft_set (importer->draft->machine, "video", translate (video_words, type));
    else
        draft_note (importer->draft, "devices/video/model type=%s: the card is left to roost",
                    type ? type : "?");
    if (memory && quantity_parse_int (memory, 1, G_MAXINT32, &kib)) {
        g_autofree char *size = quantity_format_size (kib * 1024);

        draft_set (importer->draft->machine, "video_memory", size);
    }
}

static void
import_channel (Importer *importer, XmlNode *node)
{
    JsonObject *machine = importer->draft->machine;
    const char *type = xml_attribute (node, "type");
    const char *name = xml_child_attribute (node, "target", "name");
    gboolean spice = g_strcmp0 (type, "spicevmc") == 0;

    node->used = TRUE;
    xml_child_attribute (node, "target", "type");
    if (xml_child (node, "source"))
        xml_use_all (xml_child (node, "source"));
    if (!name)
        name = "com.redhat.spice.0";
    if (!json_object_has_member (machine, "channels"))
        json_object_set_array_member (machine, "channels", json_array_new ());
    json_array_add_string_element (json_object_get_array_member (machine, "channels"),
                                   spice ? "spicevmc" : name);
}

static void
import_input (Importer *importer, XmlNode *node)
{
    const char *type = xml_attribute (node, "type"), *bus = xml_attribute (node, "bus");
    JsonObject *machine = importer->draft->machine;
    static const char *const words[] = { "usb-tablet", "usb-mouse", "usb-keyboard", NULL };
    g_autofree char *word = NULL;

    node->used = TRUE;
    if (!bus || strcmp (bus, "ps2") == 0)
        return; /* every PC has both */
    word = g_strdup_printf ("%s-%s", bus, type ? type : "tablet");
    if (!g_strv_contains (words, word)) {
        draft_note (importer->draft, "devices/input type=%s bus=%s: has no counterpart",
                    type ? type : "?", bus);
        return;
    }
    if (!json_object_has_member (machine, "inputs"))
        json_object_set_array_member (machine, "inputs", json_array_new ());
    json_array_add_string_element (json_object_get_array_member (machine, "inputs"), word);
}

static void
import_serial (Importer *importer, XmlNode *node)
{
    importer->serials++;
    xml_use_all (node);
}

/* --- all of them --- */

/* the same thing seen again, or what the emulator and roost have anyway */
static void
import_nothing (Importer *importer, XmlNode *node)
{
    xml_use_all (node);
}

static void
import_controller (Importer *importer, XmlNode *node)
{
    /* its model was asked for by the disks on it; busses come by themselves */
    xml_use_all (node);
}

static void
import_emulator (Importer *importer, XmlNode *node)
{
    node->used = TRUE;
    draft_emulator (importer->draft, node->text->str);
}

static const struct {
    const char *name;
    void (*run) (Importer *importer, XmlNode *node);
} elements[] = {
    { "emulator", import_emulator },     { "disk", import_disk },
    { "interface", import_interface },   { "graphics", import_graphics },
    { "video", import_video },           { "channel", import_channel },
    { "input", import_input },           { "serial", import_serial },
    { "controller", import_controller }, { "console", import_nothing },
    { "audio", import_nothing },
};

/* The boot order of old names kinds of devices: the first of each has the place. */
static void
import_kinds_order (Importer *importer, XmlNode *os)
{
    static const char *const kinds[] = { "hd", "cdrom", "network" };
    int place = 1;

    for (guint i = 0; os && i < os->children->len; i++) {
        XmlNode *boot = g_ptr_array_index (os->children, i);
        const char *kind = strcmp (boot->name, "boot") == 0 ? xml_attribute (boot, "dev") : NULL;

        if (!kind)
            continue;
        boot->used = TRUE;
        for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
            if (strcmp (kind, kinds[k]) == 0 && importer->first[k] && !importer->ordered)
                draft_set_int (importer->first[k], "bootindex", place++);
    }
    if (os && xml_child (os, "bootmenu"))
        xml_use_all (xml_child (os, "bootmenu"));
}

/* where libvirt put a device among its busses is libvirt's affair */
static void
ignore_places (XmlNode *node)
{
    for (guint i = 0; i < node->children->len; i++) {
        XmlNode *child = g_ptr_array_index (node->children, i);

        if (strcmp (child->name, "address") == 0 || strcmp (child->name, "alias") == 0)
            xml_use_all (child);
        else
            ignore_places (child);
    }
}

void
libvirt_import_devices (XmlNode *devices, XmlNode *os, Draft *draft)
{
    Importer importer = { .devices = devices, .draft = draft };

    for (guint i = 0; devices && i < devices->children->len; i++) {
        XmlNode *child = g_ptr_array_index (devices->children, i);

        for (gsize k = 0; k < G_N_ELEMENTS (elements); k++)
            if (strcmp (child->name, elements[k].name) == 0)
                elements[k].run (&importer, child);
    }
    import_kinds_order (&importer, os);
    draft_set_int (draft->machine, "serial", MIN (importer.serials, 4));
    if (!json_object_has_member (draft->machine, "display") &&
        json_object_has_member (draft->machine, "video"))
        json_object_remove_member (draft->machine, "video"); /* nobody could see it */
    if (devices)
        ignore_places (devices);
}
