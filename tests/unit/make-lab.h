/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labs and facts built by hand, and the way from them to a plan, for the tests
 * of planning.
 */
#pragma once

#include "plan/plan.h"
#include "profile/model.h"

#include <check.h>
#include <string.h>

#define RUN_ROOT "/run/roost"
#define STATE_ROOT "/var/lib/roost"

static inline Place
place_at (int line)
{
    return (Place){ g_intern_static_string ("lab.yaml"), line, 1 };
}

static inline Lab *
make_lab (void)
{
    Lab *lab = lab_new ();

    lab->name = g_strdup ("lab");
    lab->file = g_strdup ("/home/me/lab.yaml");
    lab->place = place_at (1);
    return lab;
}

static inline Switch *
add_switch (Lab *lab, const char *name, SwitchType type)
{
    Switch *sw = model_switch_new ();

    sw->name = g_strdup (name);
    sw->place = place_at (2);
    sw->type = type;
    sw->ageing_ms = 300 * 1000;
    g_ptr_array_add (lab->switches, sw);
    return sw;
}

static inline Machine *
add_machine (Lab *lab, const char *name)
{
    Machine *machine = model_machine_new ();

    g_free (machine->name);
    g_free (machine->machine);
    g_free (machine->emulator);
    machine->name = g_strdup (name);
    machine->place = place_at (10 + 20 * lab->machines->len);
    machine->machine = g_strdup ("q35");
    machine->machine_place = place_at (machine->place.line + 1);
    machine->emulator = g_strdup ("qemu-system-x86_64");
    machine->emulator_place = place_at (machine->place.line + 2);
    machine->accel_place = place_at (machine->place.line + 3);
    machine->cpu_place = place_at (machine->place.line + 4);
    machine->nested_place = place_at (machine->place.line + 5);
    machine->smp = 1;
    machine->memory = 64 * 1024 * 1024;
    machine->serials = 0;
    machine->display = DISPLAY_NONE;
    g_ptr_array_add (lab->machines, machine);
    return machine;
}

/* @image NULL: an empty disk of roost's own, a drive without a medium for cdroms */
static inline Disk *
add_disk (Machine *machine, const char *name, DiskBus bus, const char *image)
{
    Disk *disk = model_disk_new ();

    disk->name = g_strdup (name);
    disk->place = place_at (machine->place.line + 6 + machine->disks->len);
    disk->image_place = disk->place;
    disk->bus = bus;
    disk->image = g_strdup (image);
    g_free (disk->format);
    disk->format = g_strdup (image ? "raw" : "qcow2");
    disk->size = image ? 0 : G_GUINT64_CONSTANT (1) << 40;
    g_ptr_array_add (machine->disks, disk);
    return disk;
}

static inline Disk *
add_cdrom (Machine *machine, const char *name, DiskBus bus, const char *image)
{
    Disk *disk = add_disk (machine, name, bus, image);

    disk->media = MEDIA_CDROM;
    disk->size = 0;
    return disk;
}

static inline Nic *
add_nic (Machine *machine, const char *name, const char *sw, const char *model)
{
    Nic *nic = model_nic_new ();

    nic->name = g_strdup (name);
    nic->place = place_at (machine->place.line + 12 + machine->nics->len);
    nic->model_place = nic->mac_place = nic->place;
    g_free (nic->switch_name);
    nic->switch_name = g_strdup (sw);
    g_free (nic->model);
    nic->model = g_strdup (model);
    g_ptr_array_add (machine->nics, nic);
    return nic;
}

static inline Forward *
add_forward (Machine *machine, ForwardProto proto, int host_port, int guest_port)
{
    Forward *forward = model_forward_new ();

    forward->place = place_at (machine->place.line + 18);
    forward->proto = proto;
    g_free (forward->host_address);
    forward->host_address = g_strdup ("127.0.0.1");
    forward->host_port = host_port;
    forward->guest_port = guest_port;
    g_ptr_array_add (machine->forwards, forward);
    return forward;
}

static inline void
set (char **where, const char *value)
{
    g_free (*where);
    *where = g_strdup (value);
}

/* a host with one emulator that nobody has asked for what it offers */
static inline HostFacts *
make_facts (gboolean kvm)
{
    HostFacts *facts = host_facts_new ();
    EmulatorFacts *emulator = g_new0 (EmulatorFacts, 1);

    facts->kvm = kvm;
    facts->kvm_problem = kvm ? NULL : g_strdup ("/dev/kvm is not there");
    emulator->name = g_strdup ("qemu-system-x86_64");
    emulator->path = g_strdup ("/usr/bin/qemu-system-x86_64");
    g_ptr_array_add (facts->emulators, emulator);
    return facts;
}

static inline Plan *
try_plan (const Lab *lab, const HostFacts *facts, DiagList *diags)
{
    const PlanOptions options = { RUN_ROOT, STATE_ROOT, FALSE };

    return plan_build (lab, facts, &options, diags);
}

static inline Plan *
make_plan (const Lab *lab, const HostFacts *facts)
{
    g_autoptr (DiagList) diags = diag_list_new ();
    Plan *plan = try_plan (lab, facts, diags);
    g_autofree char *text = diag_list_format (diags);

    ck_assert_msg (plan != NULL, "%s", text);
    ck_assert_str_eq (text, "");
    return plan;
}

/* the only complaint about @lab, without its place */
static inline char *
make_complaint (const Lab *lab, const HostFacts *facts)
{
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Plan) plan = try_plan (lab, facts, diags);
    g_autofree char *text = diag_list_format (diags);

    ck_assert_msg (diag_list_length (diags) == 1, "wanted one complaint: %s", text);
    ck_assert_int_eq (plan == NULL, diag_list_n_errors (diags) > 0);
    return g_steal_pointer (&text);
}

/* the @n-th value of @option, from 0; NULL */
static inline const char *
nth_option (const MachineStep *step, const char *option, guint n)
{
    for (gsize i = 0; step->argv[i]; i++)
        if (strcmp (step->argv[i], option) == 0 && n-- == 0)
            return step->argv[i + 1];
    return NULL;
}

/* the value of @option that begins with, or has the option, @part; NULL */
static inline const char *
option_with (const MachineStep *step, const char *option, const char *part)
{
    for (guint n = 0; nth_option (step, option, n); n++)
        if (strstr (nth_option (step, option, n), part))
            return nth_option (step, option, n);
    return NULL;
}
