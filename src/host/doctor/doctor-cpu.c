/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `roost doctor` looks at around KVM: the device, who may use it, its modules
 * and their parameters, and the memory that machines share.
 */
#include "host/doctor/doctor-private.h"

#include "host/process/run-as.h"

#include <stdio.h>
#include <string.h>

#define MODPROBE_FILE "/etc/modprobe.d/roost.conf"

static const char *
module_of (const Doctor *doctor)
{
    return doctor->input->facts->cpu_amd ? "kvm_amd" : "kvm_intel";
}

static gboolean
has_module (const Doctor *doctor)
{
    g_autofree char *path = g_strconcat ("sys/module/", module_of (doctor), NULL);

    return doctor_exists (doctor, path);
}

/* Returns: (transfer full): sets a parameter for good and loads the module anew */
static char *
set_parameter (const char *module, const char *setting)
{
    return g_strdup_printf ("echo 'options %s %s' >>" MODPROBE_FILE " && modprobe -r %s && "
                            "modprobe %s",
                            module, setting, module, module);
}

/* Returns: (transfer full): sets a parameter that can be changed while in use */
static char *
set_now (const char *module, const char *name, const char *value)
{
    return g_strdup_printf ("echo %s >/sys/module/%s/parameters/%s && "
                            "echo 'options %s %s=%s' >>" MODPROBE_FILE,
                            value, module, name, module, name, value);
}

static void
look_kvm (Doctor *doctor)
{
    const HostFacts *facts = doctor->input->facts;
    const char *remedy = NULL;
    g_autofree char *modprobe = g_strconcat ("modprobe ", module_of (doctor), NULL);

    if (facts->kvm) {
        doctor_ok (doctor, g_strdup_printf ("/dev/kvm works, by %s", module_of (doctor)));
        return;
    }
    if (!doctor_exists (doctor, "dev/kvm"))
        remedy = modprobe;
    else if (has_module (doctor) && !facts->user) /* or it is told of that user */
        remedy = "usermod -aG kvm $USER # and log in again";
    doctor_lack (doctor, doctor->input->needs.kvm, g_strdup (facts->kvm_problem),
                 "machines are emulated instead, ten times and more slower", g_strdup (remedy));
}

/* Returns: (transfer full) (nullable): a problem and what mends it, in two texts */
static GStrv
find_closed (const Doctor *doctor, const char *device)
{
    g_autofree char *path = doctor_path (doctor, device);
    g_autofree char *problem = doctor_exists (doctor, device)
                                   ? run_as_problem (doctor->input->facts->user, path, R_OK | W_OK)
                                   : NULL;

    return problem ? g_strsplit (problem, ": ", 2) : NULL;
}

/* The user as whom the profile's machines run, which is not the one that asks. */
static void
look_user (Doctor *doctor)
{
    const HostFacts *facts = doctor->input->facts;
    g_auto (GStrv) kvm = facts->user ? find_closed (doctor, "dev/kvm") : NULL;
    g_auto (GStrv) vhost = facts->user ? find_closed (doctor, "dev/vhost-net") : NULL;

    if (!doctor->input->user)
        return;
    if (facts->user_problem)
        doctor_lack (doctor, TRUE, g_strdup (facts->user_problem),
                     "the profile's machines are to run as that user", NULL);
    else if (!facts->user)
        doctor_ok (doctor, g_strdup_printf ("%s is who asks", doctor->input->user));
    else if (kvm)
        doctor_lack (doctor, doctor->input->needs.kvm, g_strdup (kvm[0]),
                     "machines are emulated instead, ten times and more slower", g_strdup (kvm[1]));
    else if (vhost)
        doctor_lack (doctor, doctor->input->needs.vhost, g_strdup (vhost[0]),
                     "virtio cards on taps are slower than they could be", g_strdup (vhost[1]));
    else
        doctor_ok (doctor, g_strdup_printf (
                               "%s (%d) can use /dev/kvm and /dev/vhost-net where there are any",
                               facts->user->name, (int)facts->user->uid));
}

static void
look_nested (Doctor *doctor)
{
    g_autofree char *path = g_strdup_printf ("sys/module/%s/parameters/nested", module_of (doctor));

    if (!has_module (doctor))
        return; /* said by kvm */
    if (doctor_is_on (doctor, path))
        doctor_ok (doctor, g_strdup ("machines can run hypervisors"));
    else
        doctor_lack (doctor, doctor->input->needs.nested && doctor->input->facts->kvm,
                     g_strdup_printf ("off in %s", module_of (doctor)),
                     "a hypervisor inside a machine finds no VT-x or AMD-V and runs no machines",
                     set_parameter (module_of (doctor), "nested=1"));
}

static void
look_paging (Doctor *doctor)
{
    gboolean amd = doctor->input->facts->cpu_amd;
    g_autofree char *path =
        g_strdup_printf ("sys/module/%s/parameters/%s", module_of (doctor), amd ? "npt" : "ept");

    if (!has_module (doctor))
        return;
    if (doctor_is_on (doctor, path))
        doctor_ok (doctor, g_strdup_printf ("%s is on", amd ? "npt" : "ept"));
    else
        doctor_lack (doctor, FALSE, g_strdup_printf ("%s is off", amd ? "npt" : "ept"),
                     "nested machines are unusably slow without it, and ESXi refuses to start "
                     "64-bit guests",
                     set_parameter (module_of (doctor), amd ? "npt=1" : "ept=1"));
}

static void
look_apicv (Doctor *doctor)
{
    if (doctor->input->facts->cpu_amd || !has_module (doctor))
        return;
    if (doctor_is_on (doctor, "sys/module/kvm_intel/parameters/enable_apicv"))
        doctor_hint (doctor, g_strdup ("enable_apicv is on"),
                     "nested ESXi has been seen to hang with it",
                     set_parameter ("kvm_intel", "enable_apicv=0"));
    else
        doctor_ok (doctor, g_strdup ("enable_apicv is off, as nested ESXi wants it"));
}

static void
look_msrs (Doctor *doctor)
{
    if (!doctor_exists (doctor, "sys/module/kvm/parameters"))
        return;
    if (!doctor_is_on (doctor, "sys/module/kvm/parameters/ignore_msrs"))
        doctor_lack (doctor, doctor->input->needs.esxi && doctor->input->facts->kvm,
                     g_strdup ("ignore_msrs is off"),
                     "ESXi reads registers that KVM does not have, and stops with a purple screen",
                     set_now ("kvm", "ignore_msrs", "1"));
    else if (doctor_is_on (doctor, "sys/module/kvm/parameters/report_ignored_msrs"))
        doctor_hint (doctor, g_strdup ("ignore_msrs is on, and each such read is logged"),
                     "a nested hypervisor fills the kernel's log with them",
                     set_now ("kvm", "report_ignored_msrs", "0"));
    else
        doctor_ok (doctor, g_strdup ("unknown registers are ignored without a word"));
}

/* Nested ESXi on AMD needs what came with Linux 6.8. */
static void
look_kernel (Doctor *doctor)
{
    g_autofree char *release = doctor_read (doctor, "proc/sys/kernel/osrelease");
    int major = 0, minor = 0;

    if (!release || sscanf (release, "%d.%d", &major, &minor) != 2)
        return;
    if (doctor->input->facts->cpu_amd && (major < 6 || (major == 6 && minor < 8)))
        doctor_hint (doctor, g_strdup_printf ("Linux %s on AMD", release),
                     "nested ESXi on AMD is known to work from Linux 6.8 on",
                     g_strdup ("apt install linux-image-amd64 # of a newer release, or backports"));
    else
        doctor_ok (doctor, g_strdup_printf ("Linux %s", release));
}

static void
look_hugepages (Doctor *doctor)
{
    g_autofree char *text = doctor_read (doctor, "sys/kernel/mm/transparent_hugepage/enabled");

    if (!text)
        return;
    if (strstr (text, "[never]"))
        doctor_hint (doctor, g_strdup ("transparent huge pages are off"),
                     "machines with much memory are slower",
                     g_strdup ("echo madvise >/sys/kernel/mm/transparent_hugepage/enabled"));
    else
        doctor_ok (doctor, g_strdup ("transparent huge pages can be had"));
}

static void
look_ksm (Doctor *doctor)
{
    if (!doctor_exists (doctor, "sys/kernel/mm/ksm/run"))
        return;
    if (doctor_is_on (doctor, "sys/kernel/mm/ksm/run"))
        doctor_ok (doctor, g_strdup ("equal pages of machines are kept once"));
    else
        doctor_hint (doctor, g_strdup ("KSM is off"),
                     "a lab of machines from one image could share much of its memory",
                     g_strdup ("echo 1 >/sys/kernel/mm/ksm/run"));
}

const DoctorCheck doctor_cpu_checks[] = {
    { "kvm", look_kvm },       { "user", look_user },
    { "nested", look_nested }, { "nested-paging", look_paging },
    { "apicv", look_apicv },   { "msrs", look_msrs },
    { "kernel", look_kernel }, { "huge-pages", look_hugepages },
    { "ksm", look_ksm },       { NULL },
};
