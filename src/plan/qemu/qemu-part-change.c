/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a machine's record changes when a part of it comes or goes: its descriptors,
 * its command line, its records; see part.h.
 */
#include "plan/qemu/part-private.h"

#include <string.h>

static gboolean
has_fd (const MachineStep *step, gint64 fd)
{
    for (guint i = 0; i < step->fds->len; i++)
        if (((FdRecord *)step->fds->pdata[i])->fd == fd)
            return TRUE;
    return FALSE;
}

/* Returns: (transfer full): the numbers of copies of @fds in @step */
static char *
take_fds (MachineStep *step, GPtrArray *fds)
{
    GString *numbers = g_string_new (NULL);
    gint64 next = 3;

    for (guint i = 0; i < fds->len; i++) {
        g_autoptr (JsonNode) node = record_to_json (&fd_record, g_ptr_array_index (fds, i));
        FdRecord *fd = record_from_json (&fd_record, node, NULL);

        while (has_fd (step, next))
            next++;
        fd->fd = next;
        g_ptr_array_add (step->fds, fd);
        g_string_append_printf (numbers, "%s%d", i ? ":" : "", (int)next);
    }
    return g_string_free (numbers, FALSE);
}

/* Returns: (transfer full): the option as @step is to have it */
static char *
adapt (MachineStep *step, const MachineStep *from, const char *part, const PartOption *option)
{
    GPtrArray *items = option->items;
    const OptItem *head = g_ptr_array_index (items, 0);
    OptString *opt = opt_new (head->key ? NULL : head->value);
    gboolean device = strcmp (option->option, "-device") == 0, pci = device && part_is_pci (items);
    g_autofree char *problem = NULL, *value = NULL;

    for (guint i = head->key ? 0 : 1; i < items->len; i++) {
        const OptItem *item = g_ptr_array_index (items, i);

        if (strcmp (item->key, "fd") == 0 || strcmp (item->key, "fds") == 0) {
            g_autoptr (GPtrArray) fds = part_option_fds (from, items);
            g_autofree char *numbers = take_fds (step, fds);

            opt_add (opt, item->key, numbers);
        } else if (strcmp (item->key, "scsi-id") == 0) {
            part_add_scsi_id (step, items, opt);
        } else if (!(pci && (strcmp (item->key, "bus") == 0 || strcmp (item->key, "addr") == 0)) &&
                   strcmp (item->key, "hostfwd") != 0) {
            opt_add (opt, item->key, item->value);
        }
    }
    if (pci)
        part_add_place (step, part, opt);
    value = opt_end (opt, &problem);
    return value ? g_steal_pointer (&value) : g_strdup ("");
}

static void
copy_record (GPtrArray *to, const Record *record, gconstpointer data)
{
    g_autoptr (JsonNode) node = record_to_json (record, data);

    g_ptr_array_add (to, record_from_json (record, node, NULL));
}

void
part_add (MachineStep *step, const MachineStep *from, const char *part)
{
    g_autoptr (GPtrArray) options = part_options (from, part);
    GPtrArray *argv = g_ptr_array_new ();
    int nic = part_nic_index (from, part), disk = part_disk_index (from, part);

    for (gsize i = 0; step->argv[i]; i++)
        g_ptr_array_add (argv, step->argv[i]);
    for (guint i = 0; i < options->len; i++) {
        const PartOption *option = g_ptr_array_index (options, i);

        g_ptr_array_add (argv, g_strdup (option->option));
        g_ptr_array_add (argv, adapt (step, from, part, option));
    }
    g_ptr_array_add (argv, NULL);
    g_free (step->argv);
    step->argv = (GStrv)g_ptr_array_free (argv, FALSE);
    if (nic >= 0)
        copy_record (step->nics, &nic_record, from->nics->pdata[nic]);
    if (disk >= 0)
        copy_record (step->disks, &disk_record, from->disks->pdata[disk]);
}

static void
remove_records (MachineStep *step, const char *part)
{
    int nic = part_nic_index (step, part), disk = part_disk_index (step, part);
    const char *netdev = nic >= 0 ? ((NicRecord *)step->nics->pdata[nic])->netdev : NULL;

    for (guint i = step->forwards->len; netdev && i-- > 0;)
        if (g_strcmp0 (((ForwardRecord *)step->forwards->pdata[i])->netdev, netdev) == 0)
            g_ptr_array_remove_index (step->forwards, i);
    if (nic >= 0)
        g_ptr_array_remove_index (step->nics, nic);
    if (disk >= 0)
        g_ptr_array_remove_index (step->disks, disk);
}

void
part_remove (MachineStep *step, const char *part)
{
    GPtrArray *argv = g_ptr_array_new ();

    for (gsize i = 0; step->argv[i]; i++) {
        g_autoptr (GPtrArray) items = part_read_option (step, i, part);
        g_autoptr (GPtrArray) fds = items ? part_option_fds (step, items) : NULL;

        if (!items || part_is_port (items)) {
            g_ptr_array_add (argv, step->argv[i]);
            continue;
        }
        for (guint j = 0; j < fds->len; j++)
            g_ptr_array_remove (step->fds, g_ptr_array_index (fds, j));
        g_free (step->argv[i++]);
        g_free (step->argv[i]);
    }
    g_ptr_array_add (argv, NULL);
    g_free (step->argv);
    step->argv = (GStrv)g_ptr_array_free (argv, FALSE);
    remove_records (step, part);
}
