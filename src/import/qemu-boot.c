/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the boot order of old, whose letters name kinds of devices. */
#include "import/qemu-private.h"

/* Returns: (transfer none) (nullable): the first disk that is a cdrom, or is none */
static JsonObject *
first_disk (JsonObject *disks, gboolean cdrom)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;

    json_object_iter_init_ordered (&iter, disks);
    while (json_object_iter_next_ordered (&iter, &name, &node)) {
        JsonObject *disk = json_node_get_object (node);

        if (json_object_has_member (disk, "media") == cdrom)
            return disk;
    }
    return NULL;
}

static JsonObject *
first_nic (JsonObject *nics)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;

    json_object_iter_init_ordered (&iter, nics);
    return json_object_iter_next_ordered (&iter, &name, &node) ? json_node_get_object (node) : NULL;
}

static void
set_order (QemuLine *line, const char *letters)
{
    int place = 1;

    for (const char *letter = letters; *letter; letter++) {
        JsonObject *item = *letter == 'c'   ? first_disk (line->draft->disks, FALSE)
                           : *letter == 'd' ? first_disk (line->draft->disks, TRUE)
                           : *letter == 'n' ? first_nic (line->draft->nics)
                                            : NULL;

        if (item && !json_object_has_member (item, "bootindex"))
            draft_set_int (item, "bootindex", place++);
    }
}

void
qemu_take_boot_order (QemuLine *line)
{
    QemuOption *option = qemu_line_next (line, NULL, "boot");
    const char *letters, *order;

    if (!option || !option->opts)
        return;
    letters = qemu_opts_get (option->opts, "");
    order = qemu_opts_get (option->opts, "order");
    letters = letters ? letters : order;
    /* beside a bootindex QEMU does not look at it either */
    if (letters && !line->ordered)
        set_order (line, letters);
    qemu_opts_get (option->opts, "menu");
    qemu_line_take (line, option);
}
