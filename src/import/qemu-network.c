/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a command line are nics: -device on -netdev, -nic, and the -net
 * of old.
 */
#include "import/qemu-private.h"

#include "base/quantity.h"

#include <string.h>

static void
take_forwards (QemuLine *line, QemuOption *backend)
{
    for (guint i = 0; i < backend->opts->len; i++) {
        QemuOpt *opt = g_ptr_array_index (backend->opts, i);

        if (strcmp (opt->key, "hostfwd") != 0)
            continue;
        opt->used = TRUE;
        json_array_add_string_element (line->draft->forwards, opt->value);
    }
}

/* A NAT that differs from the usual one is a switch with a name. */
static void
set_user (QemuLine *line, QemuOption *backend, JsonObject *nic)
{
    const char *subnet = qemu_opts_get (backend->opts, "net");
    const char *closed = qemu_opts_get (backend->opts, "restrict");
    const char *name = "user";

    if (subnet || closed) {
        name = draft_add_switch (line->draft, "user", "subnet", subnet ? subnet : "10.0.2.0/24");
        if (closed)
            draft_set_bool (draft_group (line->draft->switches, name), "restrict",
                            g_str_equal (closed, "on") || g_str_equal (closed, "yes"));
    }
    draft_set (nic, "switch", name);
    take_forwards (line, backend);
}

/* A tap that is there already, on a bridge of which the line says nothing. */
static void
set_tap (QemuLine *line, QemuOption *backend, JsonObject *nic)
{
    static const char *const own[] = { "script", "downscript", "helper" };
    const char *tap = qemu_opts_get (backend->opts, "ifname");
    const char *name = draft_add_switch (line->draft, "bridge", "bridge", "br0");

    /* what they do is the host's affair, and has been done where the tap is */
    for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
        qemu_opts_get (backend->opts, own[i]);
    draft_set (nic, "switch", name);
    draft_set_bool (draft_group (line->draft->switches, name), "existing", TRUE);
    draft_set (nic, "tap", tap);
    draft_note (line->draft,
                "-%s %s: %s is taken as it is; br0 is written for the bridge that it is plugged "
                "into, which is not said (roost makes a tap of its own where there is no `tap`)",
                backend->name, backend->value, tap);
}

/* The switch that stands for a backend of the emulator's. */
static void
set_switch (QemuLine *line, QemuOption *backend, JsonObject *nic)
{
    const char *type = qemu_opts_get (backend->opts, "");
    const char *bridge = qemu_opts_get (backend->opts, "br");

    qemu_opts_get (backend->opts, "id");
    if (g_strcmp0 (type, "bridge") == 0 || bridge) {
        const char *name =
            draft_add_switch (line->draft, "bridge", "bridge", bridge ? bridge : "br0");

        draft_set (nic, "switch", name);
        draft_set_bool (draft_group (line->draft->switches, name), "existing", TRUE);
        return;
    }
    if (g_strcmp0 (type, "user") == 0) {
        set_user (line, backend, nic);
        return;
    }
    if (g_strcmp0 (type, "tap") == 0 && qemu_opts_get (backend->opts, "ifname")) {
        set_tap (line, backend, nic);
        return;
    }
    draft_set (nic, "switch", "user");
    for (guint i = 0; i < backend->opts->len; i++)
        ((QemuOpt *)g_ptr_array_index (backend->opts, i))->used = TRUE;
    draft_note (line->draft,
                "-%s %s: it does not say what it is connected to; QEMU's own NAT is taken, write "
                "the switch that is meant",
                backend->name, backend->value);
}

static void
take_device (QemuLine *line, QemuOption *device, QemuOption *backend)
{
    const char *id = qemu_opts_get (device->opts, "id");
    const char *text = qemu_opts_get (device->opts, "bootindex");
    JsonObject *nic;
    gint64 index;

    if (id && g_str_has_prefix (id, "nic-"))
        id += strlen ("nic-"); /* as roost calls it */
    nic = draft_add_nic (line->draft, id);
    set_switch (line, backend, nic);
    draft_set (nic, "model", qemu_opts_get (device->opts, ""));
    draft_set (nic, "mac", qemu_opts_get (device->opts, "mac"));
    if (text && quantity_parse_int (text, 0, G_MAXINT32, &index)) {
        draft_set_int (nic, "bootindex", index);
        line->ordered = TRUE;
    }
    qemu_line_take (line, backend);
    qemu_line_take (line, device);
}

/* -nic is both in one; the model of old is e1000 on a PC */
static void
take_nic (QemuLine *line, QemuOption *option)
{
    const char *model = qemu_opts_get (option->opts, "model");
    JsonObject *nic;

    if (strcmp (option->value, "none") == 0) {
        option->taken = TRUE;
        return;
    }
    nic = draft_add_nic (line->draft, "nic");
    set_switch (line, option, nic);
    draft_set (nic, "model", model && strcmp (model, "virtio") == 0 ? "virtio-net-pci" : model);
    draft_set (nic, "mac", qemu_opts_get (option->opts, "mac"));
    qemu_line_take (line, option);
}

static void
take_old (QemuLine *line)
{
    QemuOption *card = NULL, *backend = NULL;
    JsonObject *nic;

    for (QemuOption *option = NULL; (option = qemu_line_next (line, option, "net"));) {
        if (g_str_has_prefix (option->value, "nic"))
            card = option;
        else if (strcmp (option->value, "none") == 0)
            option->taken = TRUE;
        else
            backend = option;
    }
    if (!card || !backend)
        return;
    qemu_opts_get (card->opts, "");
    nic = draft_add_nic (line->draft, "nic");
    set_switch (line, backend, nic);
    draft_set (nic, "model", qemu_opts_get (card->opts, "model"));
    draft_set (nic, "mac", qemu_opts_get (card->opts, "macaddr"));
    qemu_line_take (line, card);
    qemu_line_take (line, backend);
}

void
qemu_take_nics (QemuLine *line)
{
    for (QemuOption *device = NULL; (device = qemu_line_next (line, device, "device"));) {
        const char *netdev = device->opts ? qemu_opts_get (device->opts, "netdev") : NULL;
        QemuOption *backend = qemu_line_find (line, "netdev", "id", netdev);

        if (backend)
            take_device (line, device, backend);
    }
    for (QemuOption *option = NULL; (option = qemu_line_next (line, option, "nic"));)
        take_nic (line, option);
    take_old (line);
}
