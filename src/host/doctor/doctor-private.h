/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of doctor.h: how a check tells what it found, and how it reads the
 * tree that it looks at.
 */
#pragma once

#include "host/doctor/doctor.h"

typedef struct {
    const DoctorInput *input;
    const char *name; /* of the check that runs */
    GPtrArray *findings;
} Doctor;

typedef struct {
    const char *name;
    void (*look) (Doctor *doctor);
} DoctorCheck;

/* each ends with a NULL name */
extern const DoctorCheck doctor_cpu_checks[];
extern const DoctorCheck doctor_network_checks[];
extern const DoctorCheck doctor_kernel_checks[];
extern const DoctorCheck doctor_tool_checks[];
extern const DoctorCheck doctor_space_checks[];

/* The four states of a finding; @seen, @why and @remedy are (transfer full). */
void doctor_ok (Doctor *doctor, char *seen);
void doctor_hint (Doctor *doctor, char *seen, const char *why, char *remedy);
/* a problem when it is @needed, else something that is missing */
void doctor_lack (Doctor *doctor, gboolean needed, char *seen, const char *why, char *remedy);

/* Returns: (transfer full): @path below the tree that is looked at */
char *doctor_path (const Doctor *doctor, const char *path);
gboolean doctor_exists (const Doctor *doctor, const char *path);
/* Returns: (transfer full) (nullable): the text of a small file */
char *doctor_read (const Doctor *doctor, const char *path);
/* whether a parameter of a module or a switch of the kernel is on: Y or 1 */
gboolean doctor_is_on (const Doctor *doctor, const char *path);
/* Returns: (transfer full) (nullable): where the program is */
char *doctor_find_program (const Doctor *doctor, const char *name);
