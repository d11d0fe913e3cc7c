/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the checks of a lab as a whole and of machines; switches, disks, nics and
 * the order of starting have files of their own. */
#include "profile/check/check.h"

#include <string.h>

CheckAt
check_at_machine (const Machine *machine)
{
    return (CheckAt){ .machine = machine, .data = machine, .place = machine->place };
}

CheckAt
check_at_disk (const Machine *machine, const Disk *disk)
{
    return (CheckAt){ machine, "disks", disk->name, disk, disk->place };
}

CheckAt
check_at_nic (const Machine *machine, const Nic *nic)
{
    return (CheckAt){ machine, "nics", nic->name, nic, nic->place };
}

CheckAt
check_at_switch (const Switch *sw)
{
    return (CheckAt){ .sw = sw, .data = sw, .place = sw->place };
}

gboolean
check_said (const Check *check, const CheckAt *at, const char *key)
{
    return binder_said (check->binder, at->data, key) != NULL;
}

gboolean
check_is_bad (const Check *check, const CheckAt *at, const char *key)
{
    return binder_is_bad (check->binder, at->data, key);
}

Place
check_place (const Check *check, const CheckAt *at, const char *key)
{
    Node *node = key ? binder_said (check->binder, at->data, key) : NULL;

    return node ? node->place : at->place;
}

static char *
format_path (const CheckAt *at, const char *key)
{
    GString *path = g_string_new (at->machine ? "machines." : "switches.");

    if (at->machine || at->sw)
        g_string_append (path, at->machine ? at->machine->name : at->sw->name);
    if (at->list)
        g_string_append_printf (path, ".%s.", at->list);
    if (at->name)
        g_string_append (path, at->name);
    if (key)
        g_string_append_printf (path, ".%s", key);
    return g_string_free (path, FALSE);
}

void
check_fail (Check *check, const CheckAt *at, const char *key, const char *format, ...)
{
    g_autofree char *path = format_path (at, key);
    va_list args;

    va_start (args, format);
    complain_v (check->complaints, DIAG_ERROR, check_place (check, at, key), path, format, args);
    va_end (args);
}

void
check_fail_at (Check *check, const CheckAt *at, const char *key, Place place, const char *format,
               ...)
{
    g_autofree char *path = format_path (at, key);
    va_list args;

    va_start (args, format);
    complain_v (check->complaints, DIAG_ERROR, place, path, format, args);
    va_end (args);
}

void
check_warn (Check *check, const CheckAt *at, const char *key, const char *format, ...)
{
    g_autofree char *path = format_path (at, key);
    va_list args;

    va_start (args, format);
    complain_v (check->complaints, DIAG_WARNING, check_place (check, at, key), path, format, args);
    va_end (args);
}

/* the words of boot.once that are no disk's name */
static gboolean
is_bootable (const Machine *machine, const char *word)
{
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);

        if (strcmp (disk->name, word) == 0 ||
            (strcmp (word, "cdrom") == 0 && disk->media == MEDIA_CDROM))
            return TRUE;
    }
    return strcmp (word, "nic") == 0 && machine->nics->len > 0;
}

static void
check_once (Check *check, const Machine *machine)
{
    CheckAt at = check_at_machine (machine);

    for (gsize i = 0; machine->boot.once && machine->boot.once[i]; i++)
        if (!is_bootable (machine, machine->boot.once[i]))
            check_fail (check, &at, "boot",
                        "once: the machine has no %s to boot from; name one of its disks, cdrom or "
                        "nic",
                        machine->boot.once[i]);
}

static void
check_boot (Check *check, const Machine *machine)
{
    static const char *const needs_kernel[] = { "initrd", "append", NULL };
    CheckAt at = check_at_machine (machine);

    for (gsize i = 0; !check_said (check, &at, "kernel") && needs_kernel[i]; i++)
        if (check_said (check, &at, needs_kernel[i]))
            check_fail (check, &at, needs_kernel[i],
                        "is given to a kernel, and there is none; add kernel: FILE or remove it");
}

static void
check_bootindex (Check *check, GHashTable *taken, const CheckAt *at, int bootindex, Place place)
{
    const CheckAt *first;
    g_autofree char *where = NULL;

    if (bootindex == BOOTINDEX_UNSET)
        return;
    first = g_hash_table_lookup (taken, GINT_TO_POINTER (bootindex));
    if (!first) {
        CheckAt *copy = g_new (CheckAt, 1);

        *copy = *at;
        g_hash_table_insert (taken, GINT_TO_POINTER (bootindex), copy);
        return;
    }
    where = complain_where (place, check_place (check, first, "bootindex"));
    check_fail (check, at, "bootindex", "%d is already that of %s %s on %s; take another number",
                bootindex, strcmp (first->list, "disks") == 0 ? "disk" : "nic", first->name, where);
}

static void
check_boot_order (Check *check, const Machine *machine)
{
    g_autoptr (GHashTable) taken = g_hash_table_new_full (NULL, NULL, NULL, g_free);

    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        CheckAt at = check_at_disk (machine, disk);

        check_bootindex (check, taken, &at, disk->bootindex, disk->bootindex_place);
    }
    for (guint i = 0; i < machine->nics->len; i++) {
        const Nic *nic = g_ptr_array_index (machine->nics, i);
        CheckAt at = check_at_nic (machine, nic);

        check_bootindex (check, taken, &at, nic->bootindex, nic->bootindex_place);
    }
}

static void
check_uuid (Check *check, Machine *machine)
{
    CheckAt at = check_at_machine (machine);
    const Machine *first;

    if (!machine->uuid)
        return;
    first = g_hash_table_lookup (check->uuids, machine->uuid);
    if (first) {
        g_autofree char *where = complain_where (machine->uuid_place, first->uuid_place);

        check_fail (check, &at, "uuid",
                    "%s is already that of machine %s on %s; give each its own, or remove the key",
                    machine->uuid, first->name, where);
        return;
    }
    g_hash_table_insert (check->uuids, machine->uuid, machine);
}

/* A name that the profile gives to a program is that program from here on. */
static void
resolve_emulator (const Check *check, Machine *machine)
{
    const char *program =
        machine->emulator ? g_hash_table_lookup (check->lab->emulators, machine->emulator) : NULL;

    if (!program)
        return;
    g_free (machine->emulator);
    machine->emulator = g_strdup (program);
}

static void
check_machine (Check *check, Machine *machine)
{
    resolve_emulator (check, machine);
    for (guint i = 0; i < machine->disks->len; i++)
        check_disk (check, machine, g_ptr_array_index (machine->disks, i));
    for (guint i = 0; i < machine->nics->len; i++)
        check_nic (check, machine, g_ptr_array_index (machine->nics, i));
    check_seeds (check, machine);
    check_disk_places (check, machine);
    check_forwards (check, machine);
    check_boot (check, machine);
    check_once (check, machine);
    check_boot_order (check, machine);
    check_uuid (check, machine);
    check_screen (check, machine);
    check_ready (check, machine);
    check_firmware (check, machine);
    check_guest (check, machine);
}

void
check_lab (Lab *lab, Binder *binder, Complaints *complaints)
{
    Check check = { .lab = lab, .binder = binder, .complaints = complaints };

    check.machines = g_hash_table_new (g_str_hash, g_str_equal);
    check.switches = g_hash_table_new (g_str_hash, g_str_equal);
    check.bridges = g_hash_table_new (g_str_hash, g_str_equal);
    check.taps = g_hash_table_new (g_str_hash, g_str_equal);
    check.macs = g_hash_table_new (g_str_hash, g_str_equal);
    check.uuids = g_hash_table_new (g_str_hash, g_str_equal);
    check.ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    check.owners = g_hash_table_new (NULL, NULL);
    for (guint i = 0; i < lab->switches->len; i++) {
        Switch *sw = g_ptr_array_index (lab->switches, i);

        g_hash_table_insert (check.switches, sw->name, sw);
        check_switch (&check, sw);
    }
    for (guint i = 0; i < lab->machines->len; i++) {
        Machine *machine = g_ptr_array_index (lab->machines, i);

        g_hash_table_insert (check.machines, machine->name, machine);
        check_machine (&check, machine);
    }
    check_order (&check);
    g_hash_table_unref (check.machines);
    g_hash_table_unref (check.switches);
    g_hash_table_unref (check.bridges);
    g_hash_table_unref (check.taps);
    g_hash_table_unref (check.macs);
    g_hash_table_unref (check.uuids);
    g_hash_table_unref (check.ports);
    g_hash_table_unref (check.owners);
}
