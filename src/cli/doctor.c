/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost doctor: what this host lacks, for labs in general or for one profile. */
#include "base/dirs.h"
#include "base/error.h"
#include "cli/common/load.h"
#include "cli/common/output.h"
#include "host/doctor/doctor.h"
#include "plan/paths.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
need_machine (DoctorNeeds *needs, const Machine *machine)
{
    needs->kvm |= machine->accel && g_strcmp0 (machine->accel[0], "kvm") == 0 && !machine->accel[1];
    needs->nested |= machine->nested == CHOICE_YES;
    needs->esxi |= guest_is_esxi (machine);
    needs->uefi |=
        machine->firmware && machine->firmware->type != FIRMWARE_BIOS && !machine->firmware->code;
    needs->iso |=
        machine->cloud_init || (machine->kickstart && machine->kickstart->volume == VOLUME_CDROM);
    needs->memory += machine->memory;
}

static void
need_tunnels (DoctorNeeds *needs, const Switch *sw)
{
    gboolean kernel = sw->type == SWITCH_BRIDGE || sw->datapath == DATAPATH_SYSTEM;

    for (guint i = 0; kernel && i < sw->tunnels->len; i++) {
        const Tunnel *tunnel = g_ptr_array_index (sw->tunnels, i);

        needs->vxlan |= tunnel->type == TUNNEL_VXLAN;
        needs->gre |= tunnel->type == TUNNEL_GRE;
    }
}

static void
need_nic (DoctorNeeds *needs, const Lab *lab, const Nic *nic)
{
    gboolean vlans = nic->vlan != VLAN_UNSET || !vlan_set_is_empty (&nic->trunk);

    needs->vhost |= nic->vhost == CHOICE_YES;
    for (guint i = 0; vlans && i < lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (lab->switches, i);

        needs->vlans |= sw->type == SWITCH_BRIDGE && g_strcmp0 (sw->name, nic->switch_name) == 0;
    }
}

/* A private lab has an Open vSwitch of its own, and the host's need not run. */
static void
need_switch (DoctorNeeds *needs, const Lab *lab, const Switch *sw)
{
    gboolean private = lab->isolation == ISOLATION_PRIVATE;

    needs->tap |= sw->type == SWITCH_BRIDGE || sw->type == SWITCH_OVS;
    needs->bridge |= sw->type == SWITCH_BRIDGE;
    needs->macvtap |= sw->type == SWITCH_MACVTAP;
    needs->vlans |= sw->type == SWITCH_BRIDGE && sw->vlan != VLAN_UNSET;
    need_tunnels (needs, sw);
    if (sw->type != SWITCH_OVS || private)
        return;
    needs->ovs = TRUE;
    needs->ovs_kernel |= sw->datapath == DATAPATH_SYSTEM && !sw->existing;
}

/* The longest path of a socket that the machines of the lab get. */
static gsize
longest_socket (const Lab *lab)
{
    gsize longest = 0;

    for (guint i = 0; i < lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (lab->machines, i);
        g_autofree char *run_dir = dirs_lab_run (lab->name);
        g_autofree char *path = g_strdup_printf ("%s/%s.serial0", run_dir, machine->name);

        longest = MAX (longest, strlen (path));
    }
    return longest;
}

/* What whole copies of images take that are still to be made: holes are kept. */
static guint64
space_of_copies (const Machine *machine, const Paths *paths)
{
    guint64 bytes = 0;

    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        g_autofree char *own = paths_disk (paths, machine->name, disk->name, disk->format);
        GStatBuf info;

        if (disk->image && disk->clone == CLONE_COPY && !g_file_test (own, G_FILE_TEST_EXISTS) &&
            g_stat (disk->image, &info) == 0)
            bytes += (guint64)info.st_blocks * 512;
    }
    return bytes;
}

static guint64
space_of (const Lab *lab)
{
    g_autofree char *run_root = dirs_run_root (), *state_root = dirs_state_root ();
    Paths paths;
    guint64 bytes = 0;

    paths_init (&paths, run_root, state_root, lab->name);
    for (guint i = 0; i < lab->machines->len; i++)
        bytes += space_of_copies (g_ptr_array_index (lab->machines, i), &paths);
    paths_clear (&paths);
    return bytes;
}

static DoctorNeeds
needs_of (const Lab *lab)
{
    DoctorNeeds needs = { .profile = TRUE,
                          .longest_socket = longest_socket (lab),
                          .space = space_of (lab) };

    for (guint i = 0; i < lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (lab->machines, i);

        need_machine (&needs, machine);
        for (guint j = 0; j < machine->nics->len; j++)
            need_nic (&needs, lab, g_ptr_array_index (machine->nics, j));
    }
    for (guint i = 0; i < lab->switches->len; i++)
        need_switch (&needs, lab, g_ptr_array_index (lab->switches, i));
    needs.user_namespace = lab->isolation == ISOLATION_PRIVATE;
    return needs;
}

static void
print_finding (const Finding *finding, gboolean colour)
{
    static const char *const colours[] = { "\033[32m", "\033[36m", "\033[33m", "\033[31m" };

    printf ("%s%-7s%s  %-15s  %s%s%s\n", colour ? colours[finding->state] : "",
            finding_state_names[finding->state], colour ? "\033[m" : "", finding->name,
            finding->seen, finding->why ? ": " : "", finding->why ? finding->why : "");
    if (finding->remedy)
        printf ("%24s  $ %s\n", "", finding->remedy);
}

static JsonNode *
finding_to_json (const Finding *finding)
{
    JsonNode *node = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "name", finding->name);
    json_object_set_string_member (object, "state", finding_state_names[finding->state]);
    json_object_set_string_member (object, "seen", finding->seen);
    if (finding->why)
        json_object_set_string_member (object, "why", finding->why);
    if (finding->remedy)
        json_object_set_string_member (object, "remedy", finding->remedy);
    json_node_take_object (node, object);
    return node;
}

static void
print_findings (const GPtrArray *findings, gboolean json)
{
    gboolean colour = isatty (STDOUT_FILENO) && !g_getenv ("NO_COLOR");

    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index (findings, i);
        g_autoptr (JsonNode) node = json ? finding_to_json (finding) : NULL;

        if (json)
            print_json (node);
        else
            print_finding (finding, colour);
    }
}

gboolean
verb_doctor (Options *options, GError **error)
{
    g_autoptr (Lab) lab = NULL;
    g_autoptr (HostFacts) facts = NULL;
    g_autoptr (GPtrArray) findings = NULL;
    g_autofree char *run_root = dirs_run_root (), *state_root = dirs_state_root ();
    DoctorInput input = { .state_root = state_root,
                          .run_root = run_root,
                          .privileged = geteuid () == 0 };

    options_take_profile (options);
    if (options->file && !(lab = load_lab (options->file, options, error)))
        return FALSE;
    facts = load_facts (lab, error);
    if (!facts)
        return FALSE;
    input.facts = facts;
    if (lab) {
        input.needs = needs_of (lab);
        input.user = lab->user;
    }
    findings = doctor_examine (&input);
    print_findings (findings, options->json);
    if (doctor_can_run (findings))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                 lab ? "%s cannot run on this host: see the problems above"
                     : "%s cannot run machines: see the problems above",
                 lab ? lab->name : "this host");
    return FALSE;
}
