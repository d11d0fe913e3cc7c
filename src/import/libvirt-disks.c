/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a domain's <devices> becomes disks. */
#include "import/libvirt-private.h"

#include <string.h>

static const LibvirtWord scsi_words[] = { { "virtio-scsi", "virtio-scsi" },
                                          { "lsilogic", "lsi" },
                                          { "vmpvscsi", "pvscsi" },
                                          { "lsisas1068", "mptsas" },
                                          { NULL, NULL } };
static const LibvirtWord bus_words[] = { { "ide", "ide" },       { "sata", "ahci" },
                                         { "usb", "usb" },       { "scsi", "scsi" },
                                         { "virtio", "virtio" }, { "nvme", "nvme" },
                                         { NULL, NULL } };
static const LibvirtWord usb_words[] = { { "nec-xhci", "nec-usb-xhci" },
                                         { "qemu-xhci", "qemu-xhci" },
                                         { "ehci", "usb-ehci" },
                                         { NULL, NULL } };

/* Returns: (transfer none) (nullable): the model of the first controller of @type */
static const char *
controller_model (const LibvirtImporter *importer, const char *type)
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
take_source (LibvirtImporter *importer, XmlNode *node)
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
take_bus (LibvirtImporter *importer, const char *bus, JsonObject *disk)
{
    const char *ours = libvirt_translate (bus_words, bus), *model = NULL;

    draft_set (disk, "bus", ours);
    if (!ours)
        draft_note (importer->draft, "devices/disk/target bus=%s: taken for sata", bus ? bus : "?");
    else if (strcmp (ours, "scsi") == 0)
        model = libvirt_translate (scsi_words, controller_model (importer, "scsi"));
    else if (strcmp (ours, "usb") == 0)
        model = libvirt_translate (usb_words, controller_model (importer, "usb"));
    draft_set (disk, "controller", model);
}

void
libvirt_import_disk (LibvirtImporter *importer, XmlNode *node)
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
    libvirt_take_boot_order (importer, node, disk);
    if (xml_child (node, "backingStore"))
        xml_use_all (xml_child (node, "backingStore"));
    if (!importer->first[cdrom])
        importer->first[cdrom] = disk;
}
