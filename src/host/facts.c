/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of sysfs and procfs for plans; see facts.h. */
#include "host/facts.h"

#include "base/file.h"
#include "host/emulator/emulator-store.h"
#include "host/process/run-as.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *
below (const char *root, const char *path)
{
    return g_build_filename (root ? root : "/", path, NULL);
}

static gboolean
exists (const char *root, const char *path)
{
    g_autofree char *full = below (root, path);

    return access (full, F_OK) == 0;
}

static gboolean
is_on (const char *root, const char *path)
{
    g_autofree char *full = below (root, path);
    g_autofree char *text = file_read_small (full);

    return text && (text[0] == 'Y' || text[0] == '1');
}

/* /dev/kvm alone proves little: other hypervisor modules offer the node and
 * cannot run an ordinary guest. */
static char *
find_kvm_problem (const char *root)
{
    g_autofree char *device = below (root, "dev/kvm");

    if (access (device, F_OK) != 0)
        return g_strdup ("there is no /dev/kvm (modprobe kvm_intel or kvm_amd, and turn "
                         "virtualization on in the firmware)");
    if (access (device, R_OK | W_OK) != 0)
        return g_strdup ("/dev/kvm may not be used by this user (usermod -aG kvm $USER)");
    if (!exists (root, "sys/module/kvm_intel") && !exists (root, "sys/module/kvm_amd"))
        return g_strdup ("/dev/kvm is there, but neither kvm_intel nor kvm_amd stands behind it, "
                         "and no ordinary guest boots on anything else");
    return NULL;
}

static void
find_nested (HostFacts *facts, const char *root)
{
    const char *module = facts->cpu_amd ? "kvm_amd" : "kvm_intel";
    g_autofree char *parameter = g_strdup_printf ("sys/module/%s/parameters/nested", module);

    facts->kvm_nested = is_on (root, parameter);
    if (!facts->kvm_nested)
        facts->kvm_nested_remedy =
            g_strdup_printf ("echo 'options %s nested=1' >/etc/modprobe.d/%s.conf && "
                             "modprobe -r %s && modprobe %s",
                             module, module, module, module);
}

HostFacts *
facts_probe (const char *root)
{
    HostFacts *facts = host_facts_new ();
    g_autofree char *cpuinfo_path = below (root, "proc/cpuinfo");
    g_autofree char *cpuinfo = file_read_small (cpuinfo_path), *vhost = NULL;

    facts->cpu_amd =
        cpuinfo && (strstr (cpuinfo, "AuthenticAMD") || strstr (cpuinfo, "HygonGenuine"));
    facts->kvm_problem = find_kvm_problem (root);
    facts->kvm = facts->kvm_problem == NULL;
    find_nested (facts, root);
    vhost = below (root, "dev/vhost-net");
    facts->vhost_net = access (vhost, R_OK | W_OK) == 0;
    return facts;
}

void
facts_set_user (HostFacts *facts, const char *user)
{
    char *problem;

    if (!user)
        return;
    facts->user_problem = run_as_find (user, "/dev/kvm", &facts->user);
    if (!facts->user)
        return;
    facts->vhost_net = facts->vhost_net && run_as_can (facts->user, "/dev/vhost-net", R_OK | W_OK);
    problem = facts->kvm ? run_as_problem (facts->user, "/dev/kvm", R_OK | W_OK) : NULL;
    if (!problem)
        return;
    facts->kvm = FALSE;
    facts->kvm_problem = problem;
}

/* One that roost has built, or one that is installed. */
static char *
find_emulator (const char *name)
{
    BuiltEmulator *built = emulator_store_find (name);
    char *path;

    if (!built)
        return g_find_program_in_path (name);
    path = access (built->path, X_OK) == 0 ? g_strdup (built->path) : NULL;
    record_free (&built_emulator_record, built);
    return path;
}

EmulatorFacts *
facts_add_emulator (HostFacts *facts, const char *name)
{
    EmulatorFacts *emulator = host_facts_emulator (facts, name);

    if (emulator)
        return emulator;
    emulator = g_new0 (EmulatorFacts, 1);
    emulator->name = g_strdup (name);
    if (!g_path_is_absolute (name))
        emulator->path = find_emulator (name);
    else if (access (name, X_OK) == 0)
        emulator->path = g_strdup (name);
    g_ptr_array_add (facts->emulators, emulator);
    return emulator;
}

guint64
facts_free_memory (void)
{
    g_autofree char *text = file_read_small ("/proc/meminfo");
    const char *line = text ? strstr (text, "MemAvailable:") : NULL;
    unsigned long long kib;

    return line && sscanf (line, "MemAvailable: %llu kB", &kib) == 1 ? kib * 1024 : 0;
}

guint64
facts_process_memory (gint64 pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/statm", pid);
    g_autofree char *text = file_read_small (path);
    unsigned long long pages;

    return text && sscanf (text, "%*u %llu", &pages) == 1 ? pages * sysconf (_SC_PAGESIZE) : 0;
}
