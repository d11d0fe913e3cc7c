/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the comparison of a machine with its emulator and the sentence that says
 * what the emulator has instead.
 */
#include "plan/qemu/emulator-check.h"

#include "base/text.h"

#include <string.h>

/* alternatives named in one complaint */
#define NAMED_MAX 8

/* letters in which a name must begin as the wanted one to be named with it */
#define KIN_LENGTH 5

typedef struct {
    const char *what;
    const char *const *known; /* named first, where the emulator has them */
} Kind;

static const Kind kinds[] = {
    [OFFER_MACHINE] = { "machine type", (const char *const[]){ "q35", "pc", NULL } },
    [OFFER_CPU] = { "CPU model", (const char *const[]){ "host", "max", "qemu64", "EPYC",
                                                        "Skylake-Server", NULL } },
    [OFFER_ACCEL] = { "accelerator", (const char *const[]){ "kvm", "tcg", NULL } },
    [OFFER_NIC] = { "NIC model",
                    (const char *const[]){ "e1000", "e1000e", "vmxnet3", "virtio-net-pci",
                                           "rtl8139", "pcnet", NULL } },
    [OFFER_CONTROLLER] = { "disk controller",
                           (const char *const[]){ "ich9-ahci", "nec-usb-xhci", "qemu-xhci",
                                                  "usb-ehci", "virtio-scsi-pci", "pvscsi",
                                                  "lsi53c895a", "mptsas1068", NULL } },
    [OFFER_VIDEO] = { "video device", (const char *const[]){ "VGA", "cirrus-vga", "qxl-vga",
                                                             "vmware-svga", "virtio-vga", NULL } },
    [OFFER_DEVICE] = { "device", (const char *const[]){ NULL } },
};

static GStrv
offered (const EmulatorFacts *emulator, Offer offer)
{
    switch (offer) {
    case OFFER_MACHINE:
        return emulator->machines;
    case OFFER_CPU:
        return emulator->cpus;
    case OFFER_ACCEL:
        return emulator->accels;
    case OFFER_NIC:
    case OFFER_CONTROLLER:
    case OFFER_VIDEO:
    case OFFER_DEVICE:
        return emulator->devices;
    }
    g_assert_not_reached ();
}

static void
name_one (GString *text, const char *name, guint *n)
{
    if ((*n)++ < NAMED_MAX)
        g_string_append_printf (text, "%s%s", text->len ? ", " : "", name);
}

/* the well-known names first, then those that look like what was asked for */
static char *
alternatives (const Kind *kind, const char *const *list, const char *value)
{
    GString *text = g_string_new (NULL);
    guint n = 0;

    for (gsize i = 0; kind->known[i]; i++)
        if (g_strv_contains (list, kind->known[i]))
            name_one (text, kind->known[i], &n);
    for (gsize i = 0; list[i]; i++)
        if (strncmp (list[i], value, KIN_LENGTH) == 0 && !g_strv_contains (kind->known, list[i]))
            name_one (text, list[i], &n);
    if (n > NAMED_MAX)
        g_string_append (text, ", …");
    return g_string_free (text, FALSE);
}

static char *
title (const EmulatorFacts *emulator)
{
    g_auto (GStrv) words = g_strsplit (emulator->version ? emulator->version : "", " ", 2);

    if (!words[0] || !*words[0])
        return g_strdup (emulator->name);
    return g_strdup_printf ("%s %s", emulator->name, words[0]);
}

void
emulator_check (Planner *planner, const EmulatorFacts *emulator, Offer offer, const char *value,
                Place place, char *key)
{
    g_autofree char *owned_key = key;
    const Kind *kind = &kinds[offer];
    const char *const *list = emulator ? (const char *const *)offered (emulator, offer) : NULL;
    g_autofree char *quoted = NULL, *others = NULL, *name = NULL;
    const char *near;

    if (!list || g_strv_contains (list, value))
        return;
    quoted = text_quote (value);
    others = alternatives (kind, list, value);
    name = title (emulator);
    near = text_suggest (value, list);
    planner_complain (planner, DIAG_ERROR, place, g_steal_pointer (&owned_key),
                      "%s has no %s %s%s%s%s%s%s%s", name, kind->what, quoted,
                      near ? ": did you mean " : "", near ? near : "", near ? "?" : "",
                      *others ? " (it has " : "", others, *others ? ")" : "");
}

const EmulatorFacts *
emulator_find (Planner *planner, const Machine *machine)
{
    const EmulatorFacts *emulator = host_facts_emulator (planner->facts, machine->emulator);

    if (emulator && emulator->path)
        return emulator;
    if (strchr (machine->emulator, '/'))
        planner_complain (
            planner, DIAG_ERROR, machine->emulator_place, planner_key (machine, "emulator"),
            "%s is no program that can be run: give the path of an emulator", machine->emulator);
    else
        planner_complain (planner, DIAG_ERROR, machine->emulator_place,
                          planner_key (machine, "emulator"),
                          "%s is not installed: apt-get install qemu-system-x86, or give the path "
                          "of an emulator",
                          machine->emulator);
    return NULL;
}
