/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads and plans every profile of golden/good and every shipped one, for a
 * host that is written down here, and compares what comes out with the files
 * beside them, letter by letter: NAME.plan has what is said and the steps,
 * NAME.args the command lines, one option a line.
 *
 * A line `# --set X`, `# --host amd|intel|kvm|none` or `# --force` in a profile
 * is an option of this program.  The folder of the sources is written @SRC@.
 * TEST_REGENERATE=1 writes the files. */
/* Requirements: R18, shipped-esxi-5.5-libvirt. */
#include "base/file.h"
#include "golden/plan-text.h"
#include "plan/plan.h"
#include "profile/profile.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define MAX_BYTES (4 * 1024 * 1024)
#define RUN_ROOT "/run/roost"
#define STATE_ROOT "/var/lib/roost"

/* One profile, where it is and where its golden files are. */
typedef struct {
    char *folder;
    char *file; /* in folder */
    char *stem; /* of the golden files */
} Case;

typedef struct {
    GPtrArray *set; /* owned char*, ends with NULL when it is read */
    char *host;
    gboolean force;
} Marks;

static void
case_free (gpointer data)
{
    Case *c = data;

    g_free (c->folder);
    g_free (c->file);
    g_free (c->stem);
    g_free (c);
}

static void
marks_init (Marks *marks, const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    *marks = (Marks){ g_ptr_array_new_with_free_func (g_free), NULL, FALSE };
    for (gsize i = 0; lines[i]; i++) {
        if (g_str_has_prefix (lines[i], "# --set "))
            g_ptr_array_add (marks->set, g_strdup (lines[i] + strlen ("# --set ")));
        else if (g_str_has_prefix (lines[i], "# --host ")) {
            g_free (marks->host);
            marks->host = g_strdup (lines[i] + strlen ("# --host "));
        } else if (g_str_equal (lines[i], "# --force"))
            marks->force = TRUE;
    }
    g_ptr_array_add (marks->set, NULL);
}

static void
marks_clear (Marks *marks)
{
    g_ptr_array_unref (marks->set);
    g_free (marks->host);
}

/* name, format of the variables, features, targets; as a distribution has them,
 * secure ones first */
static const char *const firmwares[][4] = {
    { "enrolled", "raw", "secure-boot enrolled-keys requires-smm", "x86_64 pc-q35-*" },
    { "no-keys", "raw", "secure-boot requires-smm", "x86_64 pc-q35-*" },
    { "arm", "raw", "", "aarch64 virt-*" },
    { "plain", "qcow2", "verbose-dynamic", "x86_64 pc-q35-*,x86_64 pc-i440fx-*" },
};

/* `amd` and `intel` can nest, `kvm` cannot, `none` has no kvm at all */
static HostFacts *
make_facts (const char *host, const Lab *lab)
{
    HostFacts *facts = host_facts_new ();

    facts->kvm = g_strcmp0 (host, "none") != 0;
    facts->kvm_problem = facts->kvm ? NULL : g_strdup ("there is no /dev/kvm");
    facts->cpu_amd = g_strcmp0 (host, "amd") == 0;
    facts->vhost_net = TRUE;
    facts->kvm_nested = facts->kvm && g_strcmp0 (host, "kvm") != 0;
    if (!facts->kvm_nested)
        facts->kvm_nested_remedy = g_strdup ("modprobe kvm_intel nested=1");
    for (guint i = 0; i < lab->machines->len; i++) {
        const char *name = ((Machine *)g_ptr_array_index (lab->machines, i))->emulator;
        EmulatorFacts *emulator;

        if (host_facts_emulator (facts, name))
            continue;
        emulator = g_new0 (EmulatorFacts, 1);
        emulator->name = g_strdup (name);
        emulator->path =
            g_path_is_absolute (name) ? g_strdup (name) : g_build_filename ("/usr/bin", name, NULL);
        g_ptr_array_add (facts->emulators, emulator);
    }
    for (gsize i = 0; i < G_N_ELEMENTS (firmwares); i++) {
        FirmwareFacts *firmware = g_new0 (FirmwareFacts, 1);

        firmware->code = g_strconcat ("/fw/", firmwares[i][0], "-code", NULL);
        firmware->code_format = g_strdup ("raw");
        firmware->vars = g_strconcat ("/fw/", firmwares[i][0], "-vars", NULL);
        firmware->vars_format = g_strdup (firmwares[i][1]);
        firmware->features = g_strsplit (firmwares[i][2], " ", -1);
        firmware->targets = g_strsplit (firmwares[i][3], ",", -1);
        g_ptr_array_add (facts->firmwares, firmware);
    }
    return facts;
}

static void
replace_sources (char **text)
{
    GString *string = g_string_new (*text);
    g_autofree char *real = realpath (g_getenv ("ROOST_SRCDIR"), NULL);

    g_string_replace (string, g_getenv ("ROOST_SRCDIR"), "@SRC@", 0);
    if (real)
        g_string_replace (string, real, "@SRC@", 0);
    g_free (*text);
    *text = g_string_free (string, FALSE);
}

/* What is to be said, planned and executed for @c. */
static void
make_texts (const Case *c, char **ret_plan, char **ret_args)
{
    g_autofree char *profiles = g_build_filename (g_getenv ("ROOST_SRCDIR"), "profiles", NULL);
    const char *const search_path[] = { profiles, NULL };
    const PlanOptions defaults = { RUN_ROOT, STATE_ROOT, FALSE };
    PlanOptions options = defaults;
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autofree char *text = file_read (c->file, MAX_BYTES, NULL, NULL), *said = NULL;
    g_autofree char *steps = NULL;
    g_autoptr (HostFacts) facts = NULL;
    g_autoptr (Lab) lab = NULL;
    g_autoptr (Plan) plan = NULL;
    Marks marks;

    marks_init (&marks, text ? text : "");
    lab = profile_load (
        c->file, &(ProfileOptions){ (const char *const *)marks.set->pdata, search_path }, diags);
    options.force = marks.force;
    facts = lab ? make_facts (marks.host, lab) : NULL;
    plan = lab ? plan_build (lab, facts, &options, diags) : NULL;
    said = diag_list_format (diags);
    steps = plan ? plan_to_text (plan) : g_strdup ("no plan\n");
    *ret_plan = g_strconcat (said, steps, NULL);
    *ret_args = plan ? plan_to_args (plan) : g_strdup ("");
    replace_sources (ret_plan);
    replace_sources (ret_args);
    marks_clear (&marks);
}

/* The first line that differs, as a remark of the test's. */
static void
show_difference (const char *path, const char *wanted, const char *got)
{
    g_auto (GStrv) old = g_strsplit (wanted ? wanted : "(there is no such file)", "\n", -1);
    g_auto (GStrv) now = g_strsplit (got, "\n", -1);
    gsize i = 0;

    while (old[i] && now[i] && strcmp (old[i], now[i]) == 0)
        i++;
    printf ("# %s:%zu: wanted and got\n# %s\n# %s\n", path, i + 1, old[i] ? old[i] : "(the end)",
            now[i] ? now[i] : "(the end)");
}

static gboolean
compare_file (const char *stem, const char *suffix, const char *got)
{
    g_autofree char *path = g_strconcat (stem, suffix, NULL), *wanted = NULL;

    if (g_getenv ("TEST_REGENERATE"))
        return g_file_set_contents (path, got, -1, NULL);
    wanted = file_read (path, MAX_BYTES, NULL, NULL);
    if (g_strcmp0 (wanted, got) == 0)
        return TRUE;
    show_difference (path, wanted, got);
    return FALSE;
}

static gboolean
check (const Case *c)
{
    g_autofree char *plan = NULL, *args = NULL;
    gboolean same;

    if (g_chdir (c->folder) != 0)
        return FALSE;
    make_texts (c, &plan, &args);
    same = compare_file (c->stem, ".plan", plan);
    return compare_file (c->stem, ".args", args) && same && *args;
}

static int
compare_cases (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(const Case *const *)a)->stem, (*(const Case *const *)b)->stem);
}

/* others are there to be included */
static gboolean
is_profile (const char *text)
{
    return g_str_has_prefix (text, "lab:") || strstr (text, "\nlab:") || *text == '{';
}

/* @prefix: of the golden files, in @golden */
static void
add_folder (GPtrArray *cases, const char *folder, const char *golden, const char *prefix)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

    for (const char *name = dir ? g_dir_read_name (dir) : NULL; name;
         name = g_dir_read_name (dir)) {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        g_autofree char *text = file_read (path, MAX_BYTES, NULL, NULL);
        g_autofree char *stem = g_strconcat (golden, "/", prefix, name, NULL);
        Case *c;

        if (!g_str_has_suffix (name, ".yaml") || !text || !is_profile (text))
            continue;
        stem[strlen (stem) - strlen (".yaml")] = '\0';
        c = g_new (Case, 1);
        *c = (Case){ g_strdup (folder), g_strdup (name), g_steal_pointer (&stem) };
        g_ptr_array_add (cases, c);
    }
}

int
main (void)
{
    g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (case_free);
    g_autofree char *srcdir =
        g_canonicalize_filename (g_getenv ("ROOST_SRCDIR") ? g_getenv ("ROOST_SRCDIR") : ".", NULL);
    g_autofree char *golden = g_build_filename (srcdir, "tests", "golden", "good", NULL);
    g_autofree char *profiles = g_build_filename (srcdir, "profiles", NULL);

    g_setenv ("ROOST_SRCDIR", srcdir, TRUE);
    g_setenv ("HOME", "/home/me", TRUE); /* ~ in profiles */
    g_setenv ("GOLDEN", "from the environment", TRUE);
    add_folder (cases, golden, golden, "");
    add_folder (cases, profiles, golden, "shipped-");
    g_ptr_array_sort (cases, compare_cases);
    printf ("1..%u\n", cases->len);
    for (guint i = 0; i < cases->len; i++) {
        const Case *c = g_ptr_array_index (cases, i);
        g_autofree char *name = g_path_get_basename (c->stem);

        printf ("%s %u - %s\n", check (c) ? "ok" : "not ok", i + 1, name);
        fflush (stdout);
    }
    return 0;
}
