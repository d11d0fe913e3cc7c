/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a domain's <devices> becomes screens, input devices and channels. */
#include "import/libvirt-private.h"

#include "base/quantity.h"

#include <string.h>

static const LibvirtWord video_words[] = { { "vga", "vga" },       { "cirrus", "cirrus" },
                                           { "qxl", "qxl" },       { "vmvga", "vmware" },
                                           { "virtio", "virtio" }, { "none", "none" },
                                           { NULL, NULL } };

void
libvirt_import_graphics (LibvirtImporter *importer, XmlNode *node)
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

void
libvirt_import_video (LibvirtImporter *importer, XmlNode *node)
{
    XmlNode *model = xml_child (node, "model");
    const char *type = xml_attribute (model, "type"), *memory = xml_attribute (model, "vram");
    gint64 kib;

    node->used = TRUE;
    xml_attribute (model, "heads");
    xml_attribute (model, "primary");
    if (libvirt_translate (video_words, type))
        draft_set (importer->draft->machine, "video", libvirt_translate (video_words, type));
    else
        draft_note (importer->draft, "devices/video/model type=%s: the card is left to roost",
                    type ? type : "?");
    if (memory && quantity_parse_int (memory, 1, G_MAXINT32, &kib)) {
        g_autofree char *size = quantity_format_size (kib * 1024);

        draft_set (importer->draft->machine, "video_memory", size);
    }
}

void
libvirt_import_channel (LibvirtImporter *importer, XmlNode *node)
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

void
libvirt_import_input (LibvirtImporter *importer, XmlNode *node)
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
