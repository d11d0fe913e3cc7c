/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the import of libvirt's <devices> share. */
#pragma once

#include "import/libvirt.h"

typedef struct {
    XmlNode *devices;
    Draft *draft;
    int serials;
    JsonObject *first[3]; /* disk, cdrom, nic: what an <os><boot> of that kind means */
    gboolean ordered;     /* some device has a place in the boot order of its own */
} LibvirtImporter;

/* names of libvirt's for models, and QEMU's */
typedef struct {
    const char *theirs;
    const char *ours;
} LibvirtWord;

/* Returns: (transfer none) (nullable): QEMU's name for @theirs */
const char *libvirt_translate (const LibvirtWord *words, const char *theirs);

/* <boot order=…> of a device, as bootindex of @item */
void libvirt_take_boot_order (LibvirtImporter *importer, XmlNode *node, JsonObject *item);

/* libvirt-disks.c */
void libvirt_import_disk (LibvirtImporter *importer, XmlNode *node);

/* libvirt-nics.c */
void libvirt_import_interface (LibvirtImporter *importer, XmlNode *node);

/* libvirt-screens.c: what people and their programs come to the machine by */
void libvirt_import_graphics (LibvirtImporter *importer, XmlNode *node);
void libvirt_import_video (LibvirtImporter *importer, XmlNode *node);
void libvirt_import_channel (LibvirtImporter *importer, XmlNode *node);
void libvirt_import_input (LibvirtImporter *importer, XmlNode *node);
