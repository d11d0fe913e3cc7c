/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `roost doctor` looks at where labs live: file system, free space and
 * memory, lengths of socket paths.
 */
#include "host/doctor/doctor-private.h"

#include "base/dirs.h"
#include "host/filesystem.h"

#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#define SPACE_LOW (G_GINT64_CONSTANT (2) * 1024 * 1024 * 1024)
#define MEMORY_LOW (G_GUINT64_CONSTANT (1) * 1024 * 1024 * 1024)
/* what a lab's and a machine's name need below the run directory */
#define SOCKET_ROOM 40

static char *
in_gib (guint64 bytes)
{
    return g_strdup_printf ("%.1f GiB", (double)bytes / (1024.0 * 1024 * 1024));
}

static void
look_file_system (Doctor *doctor)
{
    g_autofree char *folder = filesystem_nearest (doctor->input->state_root);
    struct statfs info;

    if (statfs (folder, &info) < 0)
        return;
    if (info.f_type == BTRFS_SUPER_MAGIC)
        doctor_ok (doctor, g_strdup_printf ("%s: btrfs; disks are made nocow, clones can share "
                                            "their data (reflink)",
                                            doctor->input->state_root));
    else if (info.f_type == XFS_SUPER_MAGIC)
        doctor_ok (doctor, g_strdup_printf ("%s: xfs; clones can share their data (reflink)",
                                            doctor->input->state_root));
    else
        doctor_ok (doctor, g_strdup_printf ("%s: clones are overlays or whole copies (no reflink "
                                            "here)",
                                            doctor->input->state_root));
}

static void
look_space (Doctor *doctor)
{
    g_autofree char *folder = filesystem_nearest (doctor->input->state_root);
    gint64 have = filesystem_free (folder);
    g_autofree char *text = in_gib (MAX (have, 0));
    g_autofree char *needed = in_gib (doctor->input->needs.space);

    if (have < 0)
        return;
    if (doctor->input->needs.space > (guint64)have)
        doctor_lack (doctor, TRUE,
                     g_strdup_printf ("%s free in %s, %s needed", text, folder, needed),
                     "the disks of the profile do not fit",
                     g_strdup ("export ROOST_STATE_DIR=DIR # on a larger file system"));
    else if (have < SPACE_LOW)
        doctor_hint (doctor, g_strdup_printf ("%s free in %s", text, folder),
                     "disks that grow while machines run will pause them when it is full",
                     g_strdup ("export ROOST_STATE_DIR=DIR # on a larger file system"));
    else
        doctor_ok (doctor, g_strdup_printf ("%s free in %s", text, folder));
}

/* Returns: bytes that can be had without swapping, 0 when not known */
static guint64
free_memory (Doctor *doctor)
{
    g_autofree char *text = doctor_read (doctor, "proc/meminfo");
    const char *line = text ? strstr (text, "MemAvailable:") : NULL;
    unsigned long long kib;

    return line && sscanf (line, "MemAvailable: %llu kB", &kib) == 1 ? kib * 1024 : 0;
}

static void
look_memory (Doctor *doctor)
{
    guint64 have = free_memory (doctor);
    g_autofree char *text = in_gib (have), *needed = in_gib (doctor->input->needs.memory);

    if (have == 0)
        return;
    if (doctor->input->needs.memory > have)
        doctor_lack (doctor, TRUE, g_strdup_printf ("%s free, %s needed", text, needed),
                     "the machines would drive the host into swap", NULL);
    else if (have < MEMORY_LOW)
        doctor_hint (doctor, g_strdup_printf ("%s free", text), "that is little for a lab", NULL);
    else
        doctor_ok (doctor, g_strdup_printf ("%s free", text));
}

static void
look_socket_paths (Doctor *doctor)
{
    gsize length = doctor->input->needs.longest_socket;
    gsize root = strlen (doctor->input->run_root);

    if (length > SOCKET_PATH_MAX)
        doctor_lack (doctor, TRUE,
                     g_strdup_printf ("the longest has %zu bytes, %zu are possible", length,
                                      SOCKET_PATH_MAX),
                     "the machines' sockets cannot be made",
                     g_strdup ("export ROOST_RUN_DIR=/run/user/$UID/r"));
    else if (root + SOCKET_ROOM > SOCKET_PATH_MAX)
        doctor_hint (doctor,
                     g_strdup_printf ("%s is long (%zu bytes)", doctor->input->run_root, root),
                     "labs and machines with longer names cannot have sockets there",
                     g_strdup ("export ROOST_RUN_DIR=/run/user/$UID/r"));
    else
        doctor_ok (doctor, g_strdup_printf ("%zu bytes are left for the names of lab and machine",
                                            SOCKET_PATH_MAX - root));
}

const DoctorCheck doctor_space_checks[] = {
    { "file-system", look_file_system },
    { "space", look_space },
    { "memory", look_memory },
    { "socket-paths", look_socket_paths },
    { NULL },
};
