/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the life of the host's facts; where they come from is host/facts.c. */
#include "plan/facts.h"

HostFacts *
host_facts_new (void)
{
    HostFacts *facts = g_new0 (HostFacts, 1);

    facts->emulators = g_ptr_array_new_with_free_func ((GDestroyNotify)emulator_facts_free);
    return facts;
}

void
host_facts_free (HostFacts *facts)
{
    if (!facts)
        return;
    g_free (facts->kvm_problem);
    g_free (facts->kvm_nested_remedy);
    g_ptr_array_unref (facts->emulators);
    g_free (facts);
}

void
emulator_facts_free (EmulatorFacts *emulator)
{
    if (!emulator)
        return;
    g_free (emulator->name);
    g_free (emulator->path);
    g_free (emulator->version);
    g_strfreev (emulator->machines);
    g_strfreev (emulator->devices);
    g_strfreev (emulator->cpus);
    g_strfreev (emulator->accels);
    g_strfreev (emulator->options);
    g_free (emulator);
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
