/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost emulator: which there are, what one offers, and building or naming one. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/image/image-verbs.h"
#include "cli/common/output.h"
#include "cli/common/wait.h"
#include "host/emulator/emulator-build.h"
#include "host/facts.h"
#include "machine/emulator.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_TARGET "x86_64-softmmu"

/* --- list --- */

static void
print_built (const BuiltEmulator *emulator, Table *table)
{
    g_autoptr (JsonNode) node = table ? NULL : record_to_json (&built_emulator_record, emulator);
    g_autofree char *patches = emulator->patches ? g_strjoinv (", ", emulator->patches) : NULL;

    if (table)
        table_add (table, emulator->name, emulator->target, emulator->built,
                   patches && *patches ? patches : NULL, emulator->path);
    else
        print_json (node);
}

static gboolean
run_list (Options *options, GError **error)
{
    g_autoptr (GPtrArray) list = emulator_store_list ();
    Table *table = options->json ? NULL : table_new ("EMULATOR|TARGET|BUILT|PATCHES|PROGRAM");

    for (guint i = 0; i < list->len; i++)
        print_built (g_ptr_array_index (list, i), table);
    if (table)
        table_print (table);
    return TRUE;
}

/* --- probe --- */

static void
add_strings (JsonObject *object, const char *name, GStrv strings)
{
    JsonArray *array = json_array_new ();

    for (gsize i = 0; strings && strings[i]; i++)
        json_array_add_string_element (array, strings[i]);
    json_object_set_array_member (object, name, array);
}

static gboolean
has_vmport (const EmulatorFacts *facts)
{
    return facts->properties && g_strv_contains ((const char *const *)facts->properties, "vmport");
}

static void
print_facts_json (const EmulatorFacts *facts)
{
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "name", facts->name);
    json_object_set_string_member (object, "path", facts->path);
    json_object_set_string_member (object, "version", facts->version);
    if (facts->fingerprint)
        json_object_set_string_member (object, "fingerprint", facts->fingerprint);
    json_object_set_boolean_member (object, "vmport", has_vmport (facts));
    add_strings (object, "accelerators", facts->accels);
    add_strings (object, "machines", facts->machines);
    add_strings (object, "cpus", facts->cpus);
    add_strings (object, "devices", facts->devices);
    json_node_take_object (node, object);
    print_json (node);
}

static void
print_facts (const EmulatorFacts *facts)
{
    g_autofree char *accels = g_strjoinv (", ", facts->accels);

    printf ("%-13s %s\n%-13s %s\n%-13s %s\n", "program", facts->path, "version", facts->version,
            "fingerprint", facts->fingerprint ? facts->fingerprint : "-");
    printf ("%-13s %s\n%-13s %s\n", "accelerators", accels, "vmport",
            has_vmport (facts) ? "a property of PC machines"
                               : "no property: ESXi 5.5 needs a patch");
    printf ("%-13s %u machine types, %u CPU models, %u devices (--json names them)\n", "it has",
            g_strv_length (facts->machines), g_strv_length (facts->cpus),
            g_strv_length (facts->devices));
}

/* Returns: (transfer none) (nullable): what the emulator @name offers */
static EmulatorFacts *
probe (HostFacts *facts, const char *name, GError **error)
{
    gboolean is_path = strchr (name, '/') != NULL;
    g_autofree char *path = is_path ? g_canonicalize_filename (name, NULL) : g_strdup (name);
    EmulatorFacts *emulator = facts_add_emulator (facts, path);
    g_autoptr (GAsyncResult) result = NULL;
    Wait wait = { NULL };

    if (!emulator->path) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "there is no emulator %s", name);
        return NULL;
    }
    emulator_probe_async (emulator, wait_arrived, &wait);
    result = wait_for (&wait);
    return emulator_probe_finish (result, error) ? emulator : NULL;
}

static gboolean
run_probe (Options *options, GError **error)
{
    g_autoptr (HostFacts) facts = host_facts_new ();
    const char *name = options->argc > 1 ? options->argv[1] : DEFAULT_EMULATOR;
    EmulatorFacts *emulator = probe (facts, name, error);

    if (!emulator)
        return FALSE;
    if (options->json)
        print_facts_json (emulator);
    else
        print_facts (emulator);
    return TRUE;
}

/* --- build --- */

static void
show_progress (const char *stage, const char *line, gpointer user_data)
{
    LongJob *job = user_data;

    if (progress_is_shown (job->progress))
        progress_set (job->progress, "%s%s%.60s", stage, *line ? ": " : "", line);
    else if (!*line)
        fprintf (stderr, "%s\n", stage);
}

static gboolean
check_build (Options *options, GError **error)
{
    const char *name = options->argc > 1 ? options->argv[1] : NULL;

    if (!name || !name_is_valid (name) || !options->source)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "a build needs a name (letters, digits, - and _) and --source: roost emulator "
                     "build NAME --source DIR|TARBALL [--patches DIR] [-- OPTION…]");
    else if (!g_file_test (options->source, G_FILE_TEST_EXISTS))
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "there is no %s", options->source);
    else
        return TRUE;
    return FALSE;
}

static BuiltEmulator *
build (Options *options, GError **error)
{
    g_autofree char *source = g_canonicalize_filename (options->source, NULL);
    g_autofree char *patches =
        options->patches ? g_canonicalize_filename (options->patches, NULL) : NULL;
    g_autoptr (GAsyncResult) result = NULL;
    Wait wait = { NULL };
    LongJob job;
    EmulatorBuild what = { .name = options->argv[1],
                           .source = source,
                           .patches = patches,
                           .target = options->target ? options->target : DEFAULT_TARGET,
                           .configure = (const char *const *)options->argv + 2,
                           .jobs = g_get_num_processors (),
                           .progress = show_progress,
                           .user_data = &job };

    long_job_begin (&job, "building");
    emulator_build_async (&what, job.cancellable, wait_arrived, &wait);
    result = wait_for (&wait);
    long_job_end (&job);
    return emulator_build_finish (result, error);
}

/* One that cannot say what it offers is of no use to a lab. */
static gboolean
run_build (Options *options, GError **error)
{
    g_autoptr (HostFacts) facts = host_facts_new ();
    BuiltEmulator *built;
    EmulatorFacts *offered;
    gboolean good;

    if (!check_build (options, error) || !(built = build (options, error)))
        return FALSE;
    offered = probe (facts, built->path, error);
    good = offered && emulator_store_add (built, error);
    if (good)
        printf ("emulator %s: %s, %s\n", built->name, offered->version, built->path);
    record_free (&built_emulator_record, built);
    return good;
}

/* --- add and rm --- */

static gboolean
check_add (Options *options, GError **error)
{
    const char *name = options->argc == 3 ? options->argv[1] : NULL;
    g_autofree char *folder = name && name_is_valid (name) ? emulator_store_folder (name) : NULL;

    if (!folder)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "an emulator is added by a name (letters, digits, - and _) and its program: "
                     "roost emulator add NAME PATH");
    else if (g_file_test (folder, G_FILE_TEST_EXISTS))
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "there is an emulator %s: take another name, or roost emulator rm %s", name,
                     name);
    else
        return TRUE;
    return FALSE;
}

/* Only the record of it is ours: rm leaves the program alone. */
static gboolean
run_add (Options *options, GError **error)
{
    g_autoptr (HostFacts) facts = host_facts_new ();
    g_autofree char *path = NULL, *folder = NULL;
    BuiltEmulator added = { 0 };
    EmulatorFacts *offered;

    if (!check_add (options, error))
        return FALSE;
    path = g_canonicalize_filename (options->argv[2], NULL);
    offered = probe (facts, path, error);
    if (!offered)
        return FALSE;
    added.name = options->argv[1];
    added.path = path;
    folder = emulator_store_folder (added.name);
    if (!file_make_private_dir (folder, error) || !emulator_store_add (&added, error))
        return FALSE;
    printf ("emulator %s: %s, %s\n", added.name, offered->version, added.path);
    return TRUE;
}

static gboolean
run_rm (Options *options, GError **error)
{
    if (options->argc == 2)
        return emulator_store_remove (options->argv[1], error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "which emulator? roost emulator rm NAME");
    return FALSE;
}

gboolean
verb_emulator (Options *options, GError **error)
{
    static const struct {
        const char *word;
        gboolean (*run) (Options *options, GError **error);
    } words[] = {
        { "list", run_list }, { "probe", run_probe }, { "build", run_build },
        { "add", run_add },   { "rm", run_rm },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        if (strcmp (words[i].word, options->argv[0]) == 0)
            return words[i].run (options, error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 "emulator takes list, probe, build, add or rm (see: roost emulator --help)");
    return FALSE;
}
