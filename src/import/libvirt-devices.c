/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way through a domain's <devices>, and the boot order that their kinds have. */
#include "import/libvirt-private.h"

#include "base/quantity.h"

#include <string.h>

const char *
libvirt_translate (const LibvirtWord *words, const char *theirs)
{
    for (const LibvirtWord *word = words; theirs && word->theirs; word++)
        if (strcmp (word->theirs, theirs) == 0)
            return word->ours;
    return NULL;
}

void
libvirt_take_boot_order (LibvirtImporter *importer, XmlNode *node, JsonObject *item)
{
    const char *order = xml_child_attribute (node, "boot", "order");
    gint64 index;

    if (order && quantity_parse_int (order, 1, G_MAXINT32, &index)) {
        draft_set_int (item, "bootindex", index);
        importer->ordered = TRUE;
    }
}

static void
import_serial (LibvirtImporter *importer, XmlNode *node)
{
    importer->serials++;
    xml_use_all (node);
}

/* the same thing seen again, or what the emulator and roost have anyway */
static void
import_nothing (LibvirtImporter *importer, XmlNode *node)
{
    xml_use_all (node);
}

static void
import_controller (LibvirtImporter *importer, XmlNode *node)
{
    /* its model was asked for by the disks on it; busses come by themselves */
    xml_use_all (node);
}

static void
import_emulator (LibvirtImporter *importer, XmlNode *node)
{
    node->used = TRUE;
    draft_emulator (importer->draft, node->text->str);
}

static const struct {
    const char *name;
    void (*run) (LibvirtImporter *importer, XmlNode *node);
} elements[] = {
    { "emulator", import_emulator },
    { "disk", libvirt_import_disk },
    { "interface", libvirt_import_interface },
    { "graphics", libvirt_import_graphics },
    { "video", libvirt_import_video },
    { "channel", libvirt_import_channel },
    { "input", libvirt_import_input },
    { "serial", import_serial },
    { "controller", import_controller },
    { "console", import_nothing },
    { "audio", import_nothing },
};

/* The boot order of old names kinds of devices: the first of each has the place. */
static void
import_kinds_order (LibvirtImporter *importer, XmlNode *os)
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
    LibvirtImporter importer = { .devices = devices, .draft = draft };

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
