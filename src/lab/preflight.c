/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the checks before `up`; see preflight.h. */
#include "lab/preflight.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/quantity.h"
#include "host/facts.h"
#include "host/filesystem.h"
#include "host/image-info.h"
#include "host/ports.h"
#include "lab/disk-book.h"
#include "lab/registry.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    GString *text;
    gboolean profile; /* at least one of them is a mistake of the profile */
} Findings;

static void
add (Findings *findings, char *line)
{
    if (!line)
        return;
    if (findings->text->len > 0)
        g_string_append_c (findings->text, '\n');
    g_string_append (findings->text, line);
    g_free (line);
}

char *
preflight_port (const ForwardRecord *forward, GPtrArray *states)
{
    const char *address = forward->host_address ? forward->host_address : "";
    g_autofree char *holder = NULL;
    gint64 pid;
    int code;

    if (port_is_free (forward->proto, address, forward->host_port, &code, &pid))
        return NULL;
    if (code == EACCES)
        return g_strdup_printf ("host port %s:%s:%d needs privilege: choose one above 1023",
                                forward->proto, address, (int)forward->host_port);
    if (code == EADDRNOTAVAIL)
        return g_strdup_printf ("host address %s is not one of this host's", address);
    holder = registry_find_process (states, pid);
    if (!holder && pid > 0) {
        g_autofree char *command = process_command_name (pid);

        holder =
            g_strdup_printf ("process %" G_GINT64_FORMAT " (%s)", pid, command ? command : "?");
    }
    return g_strdup_printf (
        "host port %s:%s:%d is taken%s%s: choose another, or 0 for any free one", forward->proto,
        address, (int)forward->host_port, holder ? " by " : "", holder ? holder : "");
}

static void
check_ports (const MachineStep *machine, GPtrArray *states, Findings *findings)
{
    for (guint i = 0; i < machine->forwards->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (machine->forwards, i);
        g_autofree char *problem = preflight_port (forward, states);

        if (problem)
            add (findings,
                 g_strdup_printf ("%s: machine %s: %s", forward->place, machine->name, problem));
    }
}

static void
check_files (const MachineStep *machine, Findings *findings)
{
    for (gsize i = 0; machine->files && machine->files[i]; i++) {
        const char *file = machine->files[i];

        if (access (file, R_OK) == 0 && !g_file_test (file, G_FILE_TEST_IS_DIR))
            continue;
        if (access (file, R_OK) == 0)
            errno = EISDIR;
        findings->profile |= errno == ENOENT || errno == EISDIR;
        add (findings, g_strdup_printf ("%s: machine %s: cannot read %s: %s", machine->place,
                                        machine->name, file, g_strerror (errno)));
    }
}

/* An overlay says nothing of its own about blocks that are not in it: another
 * image below makes garbage of it. */
static void
check_base (const ImageStep *image, Findings *findings)
{
    g_autofree char *folder = g_path_get_dirname (image->path), *problem = NULL;
    g_auto (GStrv) owner = g_strsplit (image->owner, "/", 2);
    g_autoptr (DiskEntry) entry =
        owner[1] ? disk_book_read (folder, owner[0], owner[1], NULL) : NULL;

    problem = entry && image->backing ? disk_entry_base_problem (entry) : NULL;
    if (problem)
        add (findings, g_strdup_printf ("%s: disk %s: %s", image->place, image->owner, problem));
}

/* Copies that are still to be made, all together: one after the other each
 * might find room and the last would not. */
static void
check_room (const Plan *plan, Findings *findings)
{
    gint64 needed = 0, room = 0;
    const char *at = NULL;

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        const ImageStep *image = step->image;

        if (step->kind != STEP_IMAGE || g_strcmp0 (image->clone, "copy") != 0 ||
            access (image->path, F_OK) == 0)
            continue;
        at = image->path; /* the disks of a lab are all in one folder */
        needed += MAX (image_read_used (image->source), 0);
    }
    if (at && (room = filesystem_free (at)) >= 0 && needed > room)
        add (findings, g_strdup_printf ("the copies of images need %" G_GINT64_FORMAT
                                        " MiB, but %" G_GINT64_FORMAT
                                        " MiB are free for %s: make room, or use clone: overlay",
                                        (needed >> 20) + 1, room >> 20, at));
}

static void
check_memory (const Plan *plan, Findings *findings)
{
    guint64 needed = 0, available = facts_free_memory ();
    GString *sum = g_string_new (NULL);

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        g_autofree char *size = NULL;

        if (step->kind != STEP_MACHINE)
            continue;
        needed += step->machine->memory;
        size = quantity_format_size (step->machine->memory);
        if (sum->len < 400)
            g_string_append_printf (sum, "%s%s %s", sum->len ? ", " : "", step->machine->name,
                                    size);
    }
    if (available > 0 && needed > available)
        add (findings, g_strdup_printf ("the lab needs %" G_GUINT64_FORMAT
                                        " MiB of memory (%s), but %" G_GUINT64_FORMAT
                                        " MiB are free: give the machines less, or use --force",
                                        needed >> 20, sum->str, available >> 20));
    g_string_free (sum, TRUE);
}

gboolean
preflight (const Plan *plan, gboolean force, GError **error)
{
    Findings findings = { .text = g_string_new (NULL) };
    g_autofree char *run_root = dirs_run_root ();
    g_autoptr (GPtrArray) states = registry_list (run_root);
    gboolean good;

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_IMAGE && !force)
            check_base (step->image, &findings);
        if (step->kind != STEP_MACHINE)
            continue;
        check_files (step->machine, &findings);
        check_ports (step->machine, states, &findings);
    }
    check_room (plan, &findings);
    if (!force)
        check_memory (plan, &findings);
    good = findings.text->len == 0;
    if (!good)
        g_set_error_literal (error, ROOST_ERROR,
                             findings.profile ? ROOST_ERROR_PROFILE : ROOST_ERROR_HOST,
                             findings.text->str);
    g_string_free (findings.text, TRUE);
    return good;
}
