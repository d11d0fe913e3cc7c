/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/doctor/doctor on fake hosts: one where all is well, and each of the others with
 * one thing wrong.
 */
/* Requirements: R1. */
#include "host/doctor/doctor.h"
#include "host/facts.h"
#include "unit/folder.h"
#include "unit/tap.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KVM "sys/module/kvm_intel/parameters/"
#define AMD "sys/module/kvm_amd/parameters/"

typedef struct {
    const char *path;
    const char *text; /* NULL = it is not there */
} File;

static const File good[] = {
    { "dev/kvm", "" },
    { "dev/net/tun", "" },
    { "dev/vhost-net", "" },
    { "proc/cpuinfo", "vendor_id\t: GenuineIntel\n" },
    { "proc/meminfo", "MemTotal: 65536000 kB\nMemAvailable:   33554432 kB\n" },
    { "proc/sys/kernel/osrelease", "6.1.0-31-amd64\n" },
    { "proc/sys/user/max_user_namespaces", "62927\n" },
    { "proc/sys/net/bridge/bridge-nf-call-iptables", "0\n" },
    { KVM "nested", "Y\n" },
    { KVM "ept", "Y\n" },
    { KVM "enable_apicv", "N\n" },
    { "sys/module/kvm/parameters/ignore_msrs", "Y\n" },
    { "sys/module/kvm/parameters/report_ignored_msrs", "N\n" },
    { "sys/module/openvswitch/refcnt", "1\n" },
    { "sys/module/macvtap/refcnt", "1\n" },
    { "sys/module/vxlan/refcnt", "1\n" },
    { "sys/module/ip_gre/refcnt", "1\n" },
    { "sys/module/sch_netem/refcnt", "1\n" },
    { "sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n" },
    { "sys/kernel/mm/ksm/run", "1\n" },
    { "run/openvswitch/db.sock", "" },
    { "usr/bin/qemu-img", "" },
    { "usr/bin/xorriso", "" },
    { "usr/bin/ovs-vsctl", "" },
    { "usr/share/OVMF/OVMF_CODE_4M.fd", "" },
};

/* What is wrong with a host, and what is to be said of it: @state when nothing
 * was asked for, and when everything was. */
static const struct {
    File file;
    const char *finding;
    FindingState alone, asked;
    const char *remedy; /* part of it */
} hosts[] = {
    { { "dev/kvm", NULL }, "kvm", FINDING_MISSING, FINDING_PROBLEM, "modprobe kvm_intel" },
    { { KVM "nested", "N\n" }, "nested", FINDING_MISSING, FINDING_PROBLEM, "kvm_intel nested=1" },
    { { KVM "ept", "N\n" }, "nested-paging", FINDING_MISSING, FINDING_MISSING, "ept=1" },
    { { KVM "enable_apicv", "Y\n" }, "apicv", FINDING_HINT, FINDING_HINT, "enable_apicv=0" },
    { { "sys/module/kvm/parameters/ignore_msrs", "N\n" },
      "msrs",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "echo 1 >/sys/module/kvm/parameters/ignore_msrs" },
    { { "sys/module/kvm/parameters/report_ignored_msrs", "Y\n" },
      "msrs",
      FINDING_HINT,
      FINDING_HINT,
      "report_ignored_msrs" },
    { { "sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n" },
      "huge-pages",
      FINDING_HINT,
      FINDING_HINT,
      "transparent_hugepage" },
    { { "sys/kernel/mm/ksm/run", "0\n" }, "ksm", FINDING_HINT, FINDING_HINT, "ksm/run" },
    { { "dev/net/tun", NULL }, "tun", FINDING_MISSING, FINDING_PROBLEM, "modprobe tun" },
    { { "dev/vhost-net", NULL }, "vhost-net", FINDING_HINT, FINDING_PROBLEM, "modprobe vhost_net" },
    { { "proc/sys/user/max_user_namespaces", "0\n" },
      "user-namespaces",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "sysctl user.max_user_namespaces" },
    { { "proc/sys/kernel/unprivileged_userns_clone", "0\n" },
      "user-namespaces",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "unprivileged_userns_clone=1" },
    { { "proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n" },
      "user-namespaces",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "apparmor" },
    { { "usr/bin/ovs-vsctl", NULL }, "openvswitch", FINDING_MISSING, FINDING_PROBLEM, "install" },
    { { "run/openvswitch/db.sock", NULL },
      "openvswitch",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "start openvswitch" },
    { { "sys/module/openvswitch/refcnt", NULL },
      "ovs-datapath",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "apt install linux-image" },
    { { "sys/module/macvtap/refcnt", NULL },
      "macvtap",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "apt install linux-image" },
    { { "sys/module/vxlan/refcnt", NULL },
      "vxlan",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "apt install linux-image" },
    { { "sys/module/ip_gre/refcnt", NULL },
      "gre",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "apt install linux-image" },
    { { "sys/module/sch_netem/refcnt", NULL },
      "netem",
      FINDING_MISSING,
      FINDING_MISSING,
      "apt install linux-image" },
    { { "proc/sys/net/bridge/bridge-nf-call-iptables", "1\n" },
      "bridge-filter",
      FINDING_MISSING,
      FINDING_MISSING,
      "bridge-nf-call-iptables=0" },
    { { "usr/bin/qemu-img", NULL }, "qemu-img", FINDING_PROBLEM, FINDING_PROBLEM, "qemu-utils" },
    { { "usr/bin/xorriso", NULL }, "xorriso", FINDING_MISSING, FINDING_PROBLEM, "xorriso" },
    { { "usr/share/OVMF/OVMF_CODE_4M.fd", NULL },
      "uefi",
      FINDING_MISSING,
      FINDING_PROBLEM,
      "apt install ovmf" },
    { { "proc/meminfo", "MemAvailable: 524288 kB\n" },
      "memory",
      FINDING_HINT,
      FINDING_PROBLEM,
      NULL },
};

static const DoctorNeeds everything = {
    .profile = TRUE,
    .kvm = TRUE,
    .nested = TRUE,
    .esxi = TRUE,
    .tap = TRUE,
    .bridge = TRUE,
    .ovs = TRUE,
    .ovs_kernel = TRUE,
    .vlans = TRUE,
    .macvtap = TRUE,
    .vxlan = TRUE,
    .gre = TRUE,
    .vhost = TRUE,
    .user_namespace = TRUE,
    .uefi = TRUE,
    .iso = TRUE,
    .memory = G_GUINT64_CONSTANT (4) << 30,
};

static void
write_file (const char *dir, const File *file)
{
    g_autofree char *full = g_build_filename (dir, file->path, NULL);
    g_autofree char *parent = g_path_get_dirname (full);

    ck_assert_int_eq (g_mkdir_with_parents (parent, 0700), 0);
    ck_assert (
        g_file_set_contents_full (full, file->text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
}

static char *
make_host (const File *change)
{
    char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
        if (!change || strcmp (good[i].path, change->path) != 0)
            write_file (dir, &good[i]);
    if (change && change->text)
        write_file (dir, change);
    return dir;
}

/* Kernels whose bridges filter VLANs, and which have no more than the files say. */
static KernelAnswer
only_vlans (KernelFeature feature)
{
    return feature == KERNEL_BRIDGE_VLANS ? KERNEL_YES : KERNEL_NO;
}

static KernelAnswer
nothing (KernelFeature feature)
{
    return KERNEL_NO;
}

static KernelAnswer
all (KernelFeature feature)
{
    return KERNEL_YES;
}

static KernelAnswer
cannot_tell (KernelFeature feature)
{
    return KERNEL_UNKNOWN;
}

static GPtrArray *
examine_kernel (const char *dir, const DoctorNeeds *needs, KernelAnswer (*try) (KernelFeature))
{
    g_autoptr (HostFacts) facts = facts_probe (dir);
    DoctorInput input = {
        .root = dir, .state_root = dir, .run_root = "/run/roost", .facts = facts, .try_kernel = try
    };
    EmulatorFacts *emulator = facts_add_emulator (facts, "sh");

    emulator->version = g_strdup ("7.2.22");
    if (needs)
        input.needs = *needs;
    return doctor_examine (&input);
}

static GPtrArray *
examine (const char *dir, const DoctorNeeds *needs)
{
    return examine_kernel (dir, needs, only_vlans);
}

/* Each finding is ok but the one called @name, which is in @state. */
static void
check_findings (const GPtrArray *findings, const char *name, FindingState state, const char *remedy)
{
    guint found = 0;

    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index (findings, i);

        if (g_strcmp0 (finding->name, name) == 0) {
            ck_assert_str_eq (finding_state_names[finding->state], finding_state_names[state]);
            ck_assert (state == FINDING_OK || finding->why);
            ck_assert (!remedy || (finding->remedy && strstr (finding->remedy, remedy)));
            found++;
        } else if (finding->state != FINDING_OK && strcmp (finding->name, "space") != 0) {
            ck_abort_msg ("%s: %s", finding->name, finding->seen);
        }
    }
    ck_assert (!name || found == 1);
    ck_assert_int_eq (doctor_can_run (findings), state != FINDING_PROBLEM);
}

START_TEST (a_good_host)
{
    g_autofree char *dir = make_host (NULL);
    g_autoptr (GPtrArray) plain = examine (dir, NULL), asked = examine (dir, &everything);

    check_findings (plain, NULL, FINDING_OK, NULL);
    check_findings (asked, NULL, FINDING_OK, NULL);
    ck_assert_uint_ge (plain->len, 20);
    folder_remove (dir);
}
END_TEST

START_TEST (one_thing_wrong)
{
    g_autofree char *dir = make_host (&hosts[_i].file);
    g_autoptr (GPtrArray) plain = examine (dir, NULL), asked = examine (dir, &everything);

    check_findings (plain, hosts[_i].finding, hosts[_i].alone, hosts[_i].remedy);
    /* what KVM's absence makes moot is not asked for twice */
    check_findings (asked, hosts[_i].finding, hosts[_i].asked, hosts[_i].remedy);
    folder_remove (dir);
}
END_TEST

static const File amd[] = {
    { "proc/cpuinfo", "vendor_id\t: AuthenticAMD\n" },
    { AMD "nested", "1\n" },
    { AMD "npt", "1\n" },
};

START_TEST (an_old_kernel_on_amd)
{
    g_autofree char *dir = make_host (NULL);
    g_autoptr (GPtrArray) findings = NULL, newer = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS (amd); i++)
        write_file (dir, &amd[i]);
    findings = examine (dir, &everything);
    check_findings (findings, "kernel", FINDING_HINT, NULL);
    write_file (dir, &(File){ "proc/sys/kernel/osrelease", "6.8.0\n" });
    newer = examine (dir, &everything);
    check_findings (newer, NULL, FINDING_OK, NULL);
    folder_remove (dir);
}
END_TEST

START_TEST (what_a_profile_asks_too_much)
{
    g_autofree char *dir = make_host (NULL);
    DoctorNeeds space = { .profile = TRUE, .space = G_MAXUINT64 };
    DoctorNeeds socket = { .profile = TRUE, .longest_socket = 108 };
    g_autoptr (GPtrArray) full = examine (dir, &space), longer = examine (dir, &socket);

    check_findings (full, "space", FINDING_PROBLEM, "ROOST_STATE_DIR");
    check_findings (longer, "socket-paths", FINDING_PROBLEM, "ROOST_RUN_DIR");
    folder_remove (dir);
}
END_TEST

START_TEST (no_emulator)
{
    g_autofree char *dir = make_host (NULL);
    g_autoptr (HostFacts) facts = facts_probe (dir);
    DoctorInput input = {
        .root = dir, .state_root = dir, .run_root = "/run/roost", .facts = facts, .try_kernel = all
    };
    g_autoptr (GPtrArray) findings = NULL;

    facts_add_emulator (facts, "qemu-system-nosuch");
    findings = doctor_examine (&input);
    check_findings (findings, "emulator", FINDING_PROBLEM, "apt install qemu");
    folder_remove (dir);
}
END_TEST

START_TEST (what_is_tried)
{
    g_autofree char *dir = make_host (NULL);
    g_autoptr (GPtrArray) none = examine_kernel (dir, NULL, nothing);
    g_autoptr (GPtrArray) asked = examine_kernel (dir, &everything, nothing);
    g_autoptr (GPtrArray) unknown = examine_kernel (dir, &everything, cannot_tell);

    check_findings (none, "bridge-vlans", FINDING_MISSING, "linux-image");
    check_findings (asked, "bridge-vlans", FINDING_PROBLEM, "linux-image");
    check_findings (unknown, "bridge-vlans", FINDING_HINT, "modprobe bridge");
    folder_remove (dir);
}
END_TEST

/* Where no file tells of a module the kernel is tried. */
START_TEST (a_kernel_without_modules)
{
    g_autofree char *dir = make_host (&(File){ "sys/module/sch_netem/refcnt", NULL });
    g_autoptr (GPtrArray) findings = examine_kernel (dir, &everything, all);

    check_findings (findings, NULL, FINDING_OK, NULL);
    folder_remove (dir);
}
END_TEST

/* One that is a file only is loaded when it is needed, but for that of Open vSwitch. */
START_TEST (modules_that_are_files)
{
    g_autofree char *dir = make_host (&(File){ "sys/module/vxlan/refcnt", NULL });
    g_autofree char *ovs = make_host (&(File){ "sys/module/openvswitch/refcnt", NULL });
    static const File list = {
        "lib/modules/6.1.0-31-amd64/modules.dep",
        "kernel/drivers/net/vxlan/vxlan.ko.xz: kernel/net/ipv4/udp_tunnel.ko\n"
        "kernel/net/openvswitch/openvswitch.ko.xz:\n"
    };
    g_autoptr (GPtrArray) findings = NULL, datapath = NULL;

    write_file (dir, &list);
    write_file (ovs, &list);
    findings = examine (dir, &everything);
    datapath = examine (ovs, &everything);
    check_findings (findings, NULL, FINDING_OK, NULL);
    check_findings (datapath, "ovs-datapath", FINDING_PROBLEM, "modprobe openvswitch");
    folder_remove (dir);
    folder_remove (ovs);
}
END_TEST

/* As whom a profile's machines run: @uid, or nobody when @problem says why. */
static GPtrArray *
examine_user (const char *dir, const char *problem, gint64 uid)
{
    g_autoptr (HostFacts) facts = facts_probe (dir);
    DoctorInput input = { .root = dir,
                          .state_root = dir,
                          .run_root = "/run/roost",
                          .facts = facts,
                          .user = "lab",
                          .try_kernel = only_vlans };

    facts->user_problem = g_strdup (problem);
    if (!problem) {
        facts->user = record_new (&run_as_record);
        facts->user->name = g_strdup ("lab");
        facts->user->uid = facts->user->gid = uid;
    }
    facts_add_emulator (facts, "sh")->version = g_strdup ("7.2.22");
    return doctor_examine (&input);
}

START_TEST (whose_the_machines_are)
{
    g_autofree char *dir = make_host (NULL);
    g_autoptr (GPtrArray) missing = examine_user (dir, "there is no user lab: useradd lab", 0);
    g_autoptr (GPtrArray) closed = NULL, open = NULL;
    static const char *const folders[] = { "", "dev", "dev/kvm", "dev/vhost-net" };

    check_findings (missing, "user", FINDING_PROBLEM, NULL);
    if (geteuid () == 0) { /* nobody else can ask as another */
        closed = examine_user (dir, NULL, 65534);
        check_findings (closed, "user", FINDING_MISSING, "setfacl -m u:65534:rw");
        for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
            g_autofree char *path = g_build_filename (dir, folders[i], NULL);

            ck_assert_int_eq (g_chmod (path, i < 2 ? 0755 : 0666), 0);
        }
        open = examine_user (dir, NULL, 65534);
        check_findings (open, NULL, FINDING_OK, NULL);
    }
    folder_remove (dir);
}
END_TEST

/* Really tried: what is made for it is made elsewhere, and does not stay. */
START_TEST (nothing_is_left_of_trying)
{
    g_autofree char *before = NULL, *after = NULL;

    ck_assert (g_file_get_contents ("/proc/net/dev", &before, NULL, NULL));
    for (KernelFeature feature = KERNEL_BRIDGE; feature <= KERNEL_NETEM; feature++)
        ck_assert_int_le (kernel_try (feature), KERNEL_UNKNOWN);
    ck_assert (g_file_get_contents ("/proc/net/dev", &after, NULL, NULL));
    for (char *line = strtok (after, "\n"); line; line = strtok (NULL, "\n")) {
        g_autofree char *name = g_strndup (line, strcspn (line, ":"));

        ck_assert_msg (strstr (before, name) != NULL, "there is a new interface: %s", name);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-doctor");
    TCase *tcase = tcase_create ("hosts");

    tcase_add_test (tcase, a_good_host);
    tcase_add_loop_test (tcase, one_thing_wrong, 0, G_N_ELEMENTS (hosts));
    tcase_add_test (tcase, an_old_kernel_on_amd);
    tcase_add_test (tcase, what_a_profile_asks_too_much);
    tcase_add_test (tcase, no_emulator);
    tcase_add_test (tcase, what_is_tried);
    tcase_add_test (tcase, a_kernel_without_modules);
    tcase_add_test (tcase, modules_that_are_files);
    tcase_add_test (tcase, whose_the_machines_are);
    tcase_add_test (tcase, nothing_is_left_of_trying);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
