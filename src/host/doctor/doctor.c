/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of findings and the reading of the tree; see doctor.h. */
#include "host/doctor/doctor-private.h"

#include "base/file.h"

#include <unistd.h>

const char *const finding_state_names[] = { "ok", "hint", "missing", "problem", NULL };

static void
finding_free (gpointer data)
{
    Finding *finding = data;

    g_free (finding->seen);
    g_free (finding->why);
    g_free (finding->remedy);
    g_free (finding);
}

static void
add (Doctor *doctor, FindingState state, char *seen, const char *why, char *remedy)
{
    Finding *finding = g_new0 (Finding, 1);

    *finding = (Finding){ g_intern_string (doctor->name), state, seen, g_strdup (why), remedy };
    g_ptr_array_add (doctor->findings, finding);
}

void
doctor_ok (Doctor *doctor, char *seen)
{
    add (doctor, FINDING_OK, seen, NULL, NULL);
}

void
doctor_hint (Doctor *doctor, char *seen, const char *why, char *remedy)
{
    add (doctor, FINDING_HINT, seen, why, remedy);
}

void
doctor_lack (Doctor *doctor, gboolean needed, char *seen, const char *why, char *remedy)
{
    add (doctor, needed ? FINDING_PROBLEM : FINDING_MISSING, seen, why, remedy);
}

char *
doctor_path (const Doctor *doctor, const char *path)
{
    return g_build_filename (doctor->input->root ? doctor->input->root : "/", path, NULL);
}

gboolean
doctor_exists (const Doctor *doctor, const char *path)
{
    g_autofree char *full = doctor_path (doctor, path);

    return access (full, F_OK) == 0;
}

char *
doctor_read (const Doctor *doctor, const char *path)
{
    g_autofree char *full = doctor_path (doctor, path);

    return file_read_small (full);
}

gboolean
doctor_is_on (const Doctor *doctor, const char *path)
{
    g_autofree char *text = doctor_read (doctor, path);

    return text && (text[0] == 'Y' || text[0] == '1');
}

char *
doctor_find_program (const Doctor *doctor, const char *name)
{
    static const char *const folders[] = { "usr/bin", "usr/sbin", "bin", "sbin" };

    for (gsize i = 0; doctor->input->root && i < G_N_ELEMENTS (folders); i++) {
        g_autofree char *path = g_build_filename (doctor->input->root, folders[i], name, NULL);

        if (access (path, X_OK) == 0)
            return g_steal_pointer (&path);
    }
    return doctor->input->root ? NULL : g_find_program_in_path (name);
}

GPtrArray *
doctor_examine (const DoctorInput *input)
{
    static const DoctorCheck *const groups[] = { doctor_cpu_checks, doctor_network_checks,
                                                 doctor_kernel_checks, doctor_tool_checks,
                                                 doctor_space_checks };
    Doctor doctor = { input, NULL, g_ptr_array_new_with_free_func (finding_free) };

    for (gsize i = 0; i < G_N_ELEMENTS (groups); i++) {
        for (const DoctorCheck *check = groups[i]; check->name; check++) {
            doctor.name = check->name;
            check->look (&doctor);
        }
    }
    return doctor.findings;
}

gboolean
doctor_can_run (const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        if (((const Finding *)g_ptr_array_index (findings, i))->state == FINDING_PROBLEM)
            return FALSE;
    return TRUE;
}
