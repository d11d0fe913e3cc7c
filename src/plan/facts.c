/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the life of the host's facts; where they come from is host/facts.c. */
#include "plan/facts.h"

static void
disk_head_free (gpointer data)
{
    DiskHead *head = data;

    g_free (head->machine);
    g_free (head->disk);
    g_free (head->path);
    g_free (head->format);
    g_free (head);
}

static void
emulator_facts_free (EmulatorFacts *emulator)
{
    if (!emulator)
        return;
    g_free (emulator->name);
    g_free (emulator->path);
    g_free (emulator->version);
    g_strfreev (emulator->machines);
    g_strfreev (emulator->properties);
    g_free (emulator->fingerprint);
    g_strfreev (emulator->devices);
    g_strfreev (emulator->cpus);
    g_strfreev (emulator->accels);
    g_strfreev (emulator->options);
    g_free (emulator);
}

HostFacts *
host_facts_new (void)
{
    HostFacts *facts = g_new0 (HostFacts, 1);

    facts->emulators = g_ptr_array_new_with_free_func ((GDestroyNotify)emulator_facts_free);
    facts->firmwares = g_ptr_array_new_with_free_func ((GDestroyNotify)firmware_facts_free);
    facts->heads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, disk_head_free);
    return facts;
}

void
host_facts_free (HostFacts *facts)
{
    if (!facts)
        return;
    g_free (facts->kvm_problem);
    g_free (facts->kvm_nested_remedy);
    run_as_free (facts->user);
    g_free (facts->user_problem);
    g_ptr_array_unref (facts->emulators);
    g_ptr_array_unref (facts->firmwares);
    g_hash_table_unref (facts->heads);
    g_free (facts);
}

void
firmware_facts_free (FirmwareFacts *firmware)
{
    if (!firmware)
        return;
    g_free (firmware->code);
    g_free (firmware->code_format);
    g_free (firmware->vars);
    g_free (firmware->vars_format);
    g_strfreev (firmware->features);
    g_strfreev (firmware->targets);
    g_free (firmware);
}

EmulatorFacts *
host_facts_emulator (const HostFacts *facts, const char *name)
{
    for (guint i = 0; i < facts->emulators->len; i++) {
        EmulatorFacts *emulator = g_ptr_array_index (facts->emulators, i);

        if (g_strcmp0 (emulator->name, name) == 0)
            return emulator;
    }
    return NULL;
}

void
host_facts_add_head (HostFacts *facts, const char *machine, const char *disk, const char *path,
                     const char *format)
{
    DiskHead *head = g_new (DiskHead, 1);

    *head = (DiskHead){ g_strdup (machine), g_strdup (disk), g_strdup (path), g_strdup (format) };
    g_hash_table_replace (facts->heads, g_strdup_printf ("%s/%s", machine, disk), head);
}

const DiskHead *
host_facts_head (const HostFacts *facts, const char *machine, const char *disk)
{
    g_autofree char *key = g_strdup_printf ("%s/%s", machine, disk);

    return g_hash_table_lookup (facts->heads, key);
}
