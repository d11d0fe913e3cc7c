/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of accelerator and CPU. */
#include "plan/accel.h"

#include <string.h>

static const char *const only_kvm[] = { "kvm", NULL };
static const char *const only_tcg[] = { "tcg", NULL };

const char *const *
accel_choose (const Machine *machine, const HostFacts *facts)
{
    if (machine->accel && machine->accel[0])
        return (const char *const *)machine->accel;
    return facts->kvm ? only_kvm : only_tcg;
}

static gboolean
is_chosen_by_us (const Machine *machine)
{
    return !machine->accel || !machine->accel[0];
}

char *
accel_note (const Machine *machine, const HostFacts *facts)
{
    if (!is_chosen_by_us (machine) || facts->kvm)
        return NULL;
    return g_strdup_printf ("using tcg: %s",
                            facts->kvm_problem ? facts->kvm_problem : "there is no kvm");
}

static gboolean
tries_kvm_first (const Machine *machine, const HostFacts *facts)
{
    return strcmp (accel_choose (machine, facts)[0], "kvm") == 0;
}

/* `host` exists under kvm alone, so a list that may end at another accelerator
 * takes `max`, which each of them understands.  Without svm `max` is a CPU that
 * never was, on which programs of guests abort with QEMU 7.2 (seen under tcg). */
static const char *
default_cpu (const Machine *machine, const HostFacts *facts)
{
    const char *const *accels = accel_choose (machine, facts);

    if (strcmp (accels[0], "kvm") == 0 && !accels[1])
        return "host";
    return machine->nested == CHOICE_NO ? "qemu64" : "max";
}

char *
accel_cpu (const Machine *machine, const HostFacts *facts)
{
    const char *model = machine->cpu ? machine->cpu : default_cpu (machine, facts);
    /* tcg emulates AMD's extension and never Intel's */
    gboolean intel = tries_kvm_first (machine, facts) && !facts->cpu_amd;

    switch (machine->nested) {
    case CHOICE_UNSET:
        return g_strdup (model);
    case CHOICE_NO:
        return g_strconcat (model, intel ? ",-vmx" : ",-svm", NULL);
    case CHOICE_YES:
        return g_strconcat (model, intel ? ",+vmx" : ",+svm", NULL);
    }
    g_assert_not_reached ();
}

gboolean
accel_nested_refused (const Machine *machine, const HostFacts *facts)
{
    return machine->nested == CHOICE_YES && tries_kvm_first (machine, facts) && !facts->kvm_nested;
}
