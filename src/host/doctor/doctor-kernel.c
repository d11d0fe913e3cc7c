/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `roost doctor` looks at of the kernel's networks: modules that are there or
 * can be loaded, and where no file tells, what the kernel says when it is tried.
 */
#include "host/doctor/doctor-private.h"

#include <string.h>

/* What to do where a kernel was built without something. */
#define OTHER_KERNEL "apt install linux-image-amd64 # the whole kernel, and boot it"

typedef enum {
    MODULE_LOADED, /* or built in */
    MODULE_FILE,   /* it can be loaded */
    MODULE_NONE,
} Module;

/* Returns: whether a list of the modules of this kernel has it */
static gboolean
is_listed (const Doctor *doctor, const char *list, const char *module)
{
    g_autofree char *release = doctor_read (doctor, "proc/sys/kernel/osrelease");
    g_autofree char *below =
        g_build_filename ("lib/modules", release ? g_strchomp (release) : "", list, NULL);
    g_autofree char *path = doctor_path (doctor, below);
    g_autofree char *file = g_strdup_printf ("/%s.ko", module);
    g_autofree char *text = NULL;

    return g_file_get_contents (path, &text, NULL, NULL) && strstr (text, file) != NULL;
}

static Module
find_module (const Doctor *doctor, const char *module)
{
    g_autofree char *loaded = g_strconcat ("sys/module/", module, NULL);

    if (doctor_exists (doctor, loaded) || is_listed (doctor, "modules.builtin", module))
        return MODULE_LOADED;
    return is_listed (doctor, "modules.dep", module) ? MODULE_FILE : MODULE_NONE;
}

static KernelAnswer
ask (const Doctor *doctor, KernelFeature feature)
{
    return (doctor->input->try_kernel ? doctor->input->try_kernel : kernel_try) (feature);
}

static void
tell_answer (Doctor *doctor, KernelAnswer answer, gboolean needed, const char *what,
             const char *why, const char *module)
{
    switch (answer) {
    case KERNEL_YES:
        doctor_ok (doctor, g_strdup_printf ("the kernel has %s", what));
        break;
    case KERNEL_NO:
        doctor_lack (doctor, needed, g_strdup_printf ("this kernel has no %s", what), why,
                     g_strdup (OTHER_KERNEL));
        break;
    case KERNEL_UNKNOWN:
        doctor_hint (doctor,
                     g_strdup_printf ("no %s is seen, and no network can be made to try", what),
                     why, g_strconcat ("modprobe ", module, NULL));
        break;
    }
}

/* Files are believed, so that nothing is loaded to look at it. */
static void
look_module (Doctor *doctor, const char *module, KernelFeature feature, gboolean needed,
             const char *what, const char *why)
{
    switch (find_module (doctor, module)) {
    case MODULE_LOADED:
        doctor_ok (doctor, g_strdup_printf ("the kernel has %s", what));
        break;
    case MODULE_FILE:
        doctor_ok (doctor, g_strdup_printf ("the kernel loads %s when it is needed", module));
        break;
    case MODULE_NONE:
        tell_answer (doctor, ask (doctor, feature), needed, what, why, module);
        break;
    }
}

/* No file tells with what options the bridge was built. */
static void
look_bridge_vlans (Doctor *doctor)
{
    tell_answer (doctor, ask (doctor, KERNEL_BRIDGE_VLANS), doctor->input->needs.vlans,
                 "bridges that filter VLANs",
                 "vlan and trunk on switches of type bridge cannot be had; ovs with `datapath: "
                 "netdev` has them",
                 "bridge");
}

static void
look_macvtap (Doctor *doctor)
{
    look_module (doctor, "macvtap", KERNEL_MACVTAP, doctor->input->needs.macvtap, "macvtap",
                 "switches of type macvtap cannot be made");
}

static void
look_vxlan (Doctor *doctor)
{
    look_module (doctor, "vxlan", KERNEL_VXLAN, doctor->input->needs.vxlan, "vxlan",
                 "tunnels of that type need ovs with `datapath: netdev`");
}

static void
look_gre (Doctor *doctor)
{
    look_module (doctor, "ip_gre", KERNEL_GRE, doctor->input->needs.gre, "gretap",
                 "tunnels of type gre need ovs with `datapath: netdev`");
}

static void
look_netem (Doctor *doctor)
{
    look_module (doctor, "sch_netem", KERNEL_NETEM, FALSE, "netem",
                 "roost link cannot set --delay, --loss and --rate");
}

static void
look_vhost (Doctor *doctor)
{
    static const char why[] = "virtio cards on taps are slower than they could be";
    gboolean needed = doctor->input->needs.vhost;

    if (doctor_exists (doctor, "dev/vhost-net"))
        doctor_ok (doctor, g_strdup ("/dev/vhost-net is there"));
    else if (needed)
        doctor_lack (doctor, TRUE, g_strdup ("there is no /dev/vhost-net"),
                     "the profile says `vhost: true`", g_strdup ("modprobe vhost_net"));
    else
        doctor_hint (doctor, g_strdup ("there is no /dev/vhost-net"), why,
                     g_strdup ("modprobe vhost_net"));
}

static void
look_datapath (Doctor *doctor)
{
    static const char why[] = "ovs switches need `datapath: netdev`, which is slower";
    g_autofree char *program = doctor_find_program (doctor, "ovs-vsctl");
    gboolean needed = doctor->input->needs.ovs_kernel;

    if (!program)
        return;
    switch (find_module (doctor, "openvswitch")) {
    case MODULE_LOADED:
        doctor_ok (doctor, g_strdup ("the kernel has Open vSwitch's datapath"));
        break;
    case MODULE_FILE:
        doctor_lack (doctor, needed, g_strdup ("the kernel's datapath is not loaded"), why,
                     g_strdup ("modprobe openvswitch"));
        break;
    case MODULE_NONE:
        doctor_lack (doctor, needed, g_strdup ("this kernel has no module openvswitch"), why,
                     g_strdup (OTHER_KERNEL));
        break;
    }
}

const DoctorCheck doctor_kernel_checks[] = {
    { "vhost-net", look_vhost },
    { "ovs-datapath", look_datapath },
    { "bridge-vlans", look_bridge_vlans },
    { "macvtap", look_macvtap },
    { "vxlan", look_vxlan },
    { "gre", look_gre },
    { "netem", look_netem },
    { NULL },
};
