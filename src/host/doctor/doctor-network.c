/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `roost doctor` looks at for networks: taps, namespaces, Open vSwitch, and
 * filters that eat bridged frames.  What kernels are built without is in doctor-kernel.c.
 */
#include "host/doctor/doctor-private.h"

#include <string.h>
#include <unistd.h>

static void
look_tun (Doctor *doctor)
{
    g_autofree char *device = doctor_path (doctor, "dev/net/tun");
    gboolean needed = doctor->input->needs.tap;

    if (access (device, F_OK) != 0)
        doctor_lack (doctor, needed, g_strdup ("there is no /dev/net/tun"),
                     "machines cannot be put on bridge, ovs or private switches",
                     g_strdup ("modprobe tun"));
    else if (access (device, R_OK | W_OK) != 0)
        doctor_lack (doctor, needed, g_strdup ("/dev/net/tun may not be used by this user"),
                     "private labs of this user have no taps",
                     g_strdup ("chmod 0666 /dev/net/tun"));
    else
        doctor_ok (doctor, g_strdup ("/dev/net/tun can be used"));
}

/* Where the switches of the kernel and of the distributions for them are. */
static void
look_user_namespaces (Doctor *doctor)
{
    g_autofree char *max = doctor_read (doctor, "proc/sys/user/max_user_namespaces");
    g_autofree char *clone = doctor_read (doctor, "proc/sys/kernel/unprivileged_userns_clone");
    gboolean restricted =
        doctor_is_on (doctor, "proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    gboolean needed = doctor->input->needs.user_namespace && !doctor->input->privileged;
    static const char why[] = "private labs need root without them";

    if (!max || strcmp (max, "0") == 0)
        doctor_lack (doctor, needed, g_strdup ("the kernel allows none"), why,
                     g_strdup ("sysctl user.max_user_namespaces=10000"));
    else if (clone && strcmp (clone, "0") == 0)
        doctor_lack (doctor, needed, g_strdup ("for root only"), why,
                     g_strdup ("sysctl kernel.unprivileged_userns_clone=1"));
    else if (restricted)
        doctor_lack (doctor, needed, g_strdup ("restricted by AppArmor"), why,
                     g_strdup ("sysctl kernel.apparmor_restrict_unprivileged_userns=0"));
    else
        doctor_ok (doctor, g_strdup ("any user can make them"));
}

static void
look_ovs (Doctor *doctor)
{
    static const char why[] = "switches of type ovs cannot be made";
    gboolean needed = doctor->input->needs.ovs;
    g_autofree char *program = doctor_find_program (doctor, "ovs-vsctl");

    if (!program)
        doctor_lack (doctor, needed, g_strdup ("Open vSwitch is not installed"), why,
                     g_strdup ("apt install openvswitch-switch"));
    else if (!doctor_exists (doctor, "run/openvswitch/db.sock"))
        doctor_lack (doctor, needed, g_strdup ("installed, and its database does not run"), why,
                     g_strdup ("systemctl start openvswitch-switch"));
    else
        doctor_ok (doctor, g_strdup ("Open vSwitch runs"));
}

/* With br_netfilter frames that are only bridged pass the filters for routing. */
static void
look_bridge_filter (Doctor *doctor)
{
    const DoctorNeeds *needs = &doctor->input->needs;

    if (needs->profile && !needs->bridge)
        doctor_ok (doctor, g_strdup ("the profile has no bridge"));
    else if (doctor_is_on (doctor, "proc/sys/net/bridge/bridge-nf-call-iptables"))
        doctor_lack (doctor, FALSE, g_strdup ("bridged frames pass the filters of iptables"),
                     "rules for routing (Docker's) drop frames between machines on a bridge",
                     g_strdup ("sysctl net.bridge.bridge-nf-call-iptables=0"));
    else
        doctor_ok (doctor, g_strdup ("bridged frames are not filtered"));
}

const DoctorCheck doctor_network_checks[] = {
    { "tun", look_tun },
    { "user-namespaces", look_user_namespaces },
    { "openvswitch", look_ovs },
    { "bridge-filter", look_bridge_filter },
    { NULL },
};
