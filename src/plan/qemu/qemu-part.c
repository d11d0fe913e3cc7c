/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a machine's record is part of a NIC or of a disk, and whether two such
 * parts are the same; see part.h.
 */
#include "plan/qemu/part-private.h"

#include <string.h>

#define NIC "nic "
#define DISK "disk "

/* the ids that the writers of the command line give, and whose they are */
static const struct {
    const char *prefix, *what;
} owners[] = {
    { "nic-", NIC },      { "net-", NIC },     { "port-nic-", NIC },
    { "disk-", DISK },    { "drive-", DISK },  { "bot-", DISK },
    { "limited-", DISK }, { "limits-", DISK }, { "port-disk-", DISK },
};

static const char *
id_of (GPtrArray *items)
{
    const char *id = opt_get (items, "id");

    return id ? id : opt_get (items, "node-name");
}

static char *
part_of_items (GPtrArray *items)
{
    const char *id = id_of (items);

    for (gsize j = 0; id && j < G_N_ELEMENTS (owners); j++)
        if (g_str_has_prefix (id, owners[j].prefix))
            return g_strconcat (owners[j].what, id + strlen (owners[j].prefix), NULL);
    return NULL;
}

char *
part_of_option (const char *value)
{
    g_autoptr (GPtrArray) items = opt_read (value);

    return part_of_items (items);
}

gboolean
part_is_nic (const char *part)
{
    return g_str_has_prefix (part, NIC);
}

const char *
part_name (const char *part)
{
    return strchr (part, ' ') + 1;
}

char *
part_device (const char *part)
{
    return g_strconcat (part_is_nic (part) ? "nic-" : "disk-", part_name (part), NULL);
}

GPtrArray *
part_list (const MachineStep *step)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < step->nics->len; i++)
        g_ptr_array_add (parts, g_strconcat (NIC, ((NicRecord *)step->nics->pdata[i])->name, NULL));
    for (guint i = 0; i < step->disks->len; i++)
        g_ptr_array_add (parts,
                         g_strconcat (DISK, ((DiskRecord *)step->disks->pdata[i])->name, NULL));
    return parts;
}

int
part_nic_index (const MachineStep *step, const char *part)
{
    for (guint i = 0; part_is_nic (part) && i < step->nics->len; i++)
        if (strcmp (((NicRecord *)step->nics->pdata[i])->name, part_name (part)) == 0)
            return (int)i;
    return -1;
}

int
part_disk_index (const MachineStep *step, const char *part)
{
    for (guint i = 0; !part_is_nic (part) && i < step->disks->len; i++)
        if (strcmp (((DiskRecord *)step->disks->pdata[i])->name, part_name (part)) == 0)
            return (int)i;
    return -1;
}

NicRecord *
part_find_nic (const MachineStep *step, const char *part)
{
    int at = part_nic_index (step, part);

    return at < 0 ? NULL : step->nics->pdata[at];
}

MachineStep *
part_copy_step (const MachineStep *step)
{
    g_autoptr (JsonNode) node = record_to_json (&machine_step_record, step);

    return record_from_json (&machine_step_record, node, NULL);
}

/* --- options --- */

static gboolean
takes_part (const char *option)
{
    return strcmp (option, "-device") == 0 || strcmp (option, "-netdev") == 0 ||
           strcmp (option, "-blockdev") == 0 || strcmp (option, "-object") == 0;
}

gboolean
part_is_port (GPtrArray *items)
{
    const OptItem *head = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

    return head && !head->key && strcmp (head->value, "pcie-root-port") == 0;
}

GPtrArray *
part_read_option (const MachineStep *step, gsize at, const char *part)
{
    g_autoptr (GPtrArray) items = NULL;
    g_autofree char *owner = NULL;

    if (!step->argv[at + 1] || !takes_part (step->argv[at]))
        return NULL;
    items = opt_read (step->argv[at + 1]);
    owner = part_of_items (items);
    return g_strcmp0 (owner, part) == 0 ? g_steal_pointer (&items) : NULL;
}

GPtrArray *
part_read_device (const MachineStep *step, const char *part)
{
    g_autofree char *id = part_device (part);

    for (gsize i = 0; step->argv[i]; i++) {
        g_autoptr (GPtrArray) items = part_read_option (step, i, part);

        if (items && strcmp (step->argv[i], "-device") == 0 &&
            g_strcmp0 (opt_get (items, "id"), id) == 0)
            return g_steal_pointer (&items);
    }
    return NULL;
}

static void
option_free (gpointer data)
{
    PartOption *option = data;

    g_ptr_array_unref (option->items);
    g_free (option);
}

GPtrArray *
part_options (const MachineStep *step, const char *part)
{
    GPtrArray *options = g_ptr_array_new_with_free_func (option_free);

    for (gsize i = 0; step->argv[i]; i++) {
        g_autoptr (GPtrArray) items = part_read_option (step, i, part);
        PartOption *option;

        if (!items || part_is_port (items))
            continue;
        option = g_new (PartOption, 1);
        *option = (PartOption){ step->argv[i], g_steal_pointer (&items) };
        g_ptr_array_add (options, option);
    }
    return options;
}

static FdRecord *
find_fd (const MachineStep *step, const char *number)
{
    gint64 fd = g_ascii_strtoll (number, NULL, 10);

    for (guint i = 0; i < step->fds->len; i++)
        if (((FdRecord *)step->fds->pdata[i])->fd == fd)
            return step->fds->pdata[i];
    return NULL;
}

GPtrArray *
part_option_fds (const MachineStep *step, GPtrArray *items)
{
    const char *numbers = opt_get (items, "fds");
    g_auto (GStrv) words = NULL;
    GPtrArray *fds = g_ptr_array_new ();

    if (!numbers)
        numbers = opt_get (items, "fd");
    words = g_strsplit (numbers ? numbers : "", ":", -1);
    for (gsize i = 0; words[i]; i++) {
        FdRecord *fd = find_fd (step, words[i]);

        if (fd)
            g_ptr_array_add (fds, fd);
    }
    return fds;
}

/* --- whether two are the same --- */

static gboolean
is_ignored (const OptItem *item)
{
    static const char *const keys[] = { "hostfwd", "addr", "scsi-id", "bootindex", NULL };

    return item->key && (g_strv_contains (keys, item->key) ||
                         (strcmp (item->key, "bus") == 0 && part_is_slot (item->value)));
}

static void
append_fds (GString *text, const MachineStep *step, GPtrArray *items)
{
    g_autoptr (GPtrArray) fds = part_option_fds (step, items);

    for (guint i = 0; i < fds->len; i++) {
        const FdRecord *fd = g_ptr_array_index (fds, i);

        g_string_append_printf (text, "fd=%s %s%s%s,", fd_kind_names[fd->kind], fd->path,
                                fd->tap && fd->tap->vnet_hdr ? " vnet_hdr" : "",
                                fd->tap && fd->tap->multi_queue ? " queues" : "");
    }
}

static char *
comparable (const MachineStep *step, const char *part)
{
    g_autoptr (GPtrArray) options = part_options (step, part);
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < options->len; i++) {
        GPtrArray *items = ((PartOption *)g_ptr_array_index (options, i))->items;

        for (guint j = 0; j < items->len; j++) {
            const OptItem *item = g_ptr_array_index (items, j);

            if (g_strcmp0 (item->key, "fd") != 0 && g_strcmp0 (item->key, "fds") != 0 &&
                !is_ignored (item))
                g_string_append_printf (text, "%s=%s,", item->key ? item->key : "", item->value);
        }
        append_fds (text, step, items);
        g_string_append_c (text, '\n');
    }
    return g_string_free (text, FALSE);
}

/* Its own port, a place that it was given while the machine ran, or neither. */
static gboolean
has_own_port (GPtrArray *device)
{
    const char *bus = opt_get (device, "bus");

    return bus && g_str_has_prefix (bus, "port-");
}

static gboolean
has_given_place (GPtrArray *device)
{
    const char *bus = opt_get (device, "bus");

    return bus && part_is_slot (bus) && !g_str_has_prefix (bus, "port-");
}

PartDifference
part_compare (const MachineStep *was, const MachineStep *is, const char *part)
{
    g_autofree char *before = comparable (was, part), *after = comparable (is, part);
    g_autoptr (GPtrArray) device = part_read_device (was, part),
                          wanted = part_read_device (is, part);

    if (strcmp (before, after) != 0 || !device || !wanted)
        return PART_OTHER;
    if (g_strcmp0 (opt_get (device, "bootindex"), opt_get (wanted, "bootindex")) != 0 ||
        (!has_given_place (device) && has_own_port (device) != has_own_port (wanted)))
        return PART_OTHER_START;
    return PART_SAME;
}
