/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the parts of planning share, and the rule that one mistake is told
 * once.
 */
#include "plan/planner.h"

void
planner_init (Planner *planner, const Lab *lab, const HostFacts *facts, const PlanOptions *options,
              DiagList *diags)
{
    *planner = (Planner){ .lab = lab, .facts = facts, .options = options, .diags = diags };
    paths_init (&planner->paths, options->run_root, options->state_root, lab->name);
    if (facts->user)
        paths_separate (&planner->paths);
    planner->identity = options->identity ? options->identity : lab->name;
    planner->macs = mac_pool_new (planner->identity);
    planner->ifnames = ifnames_new (lab->name);
    planner->nic_macs = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    planner->taps = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    planner->uplinks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    planner->switches = g_hash_table_new (g_str_hash, g_str_equal);
    planner->said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < lab->switches->len; i++) {
        Switch *sw = g_ptr_array_index (lab->switches, i);

        g_hash_table_insert (planner->switches, sw->name, sw);
    }
}

void
planner_clear (Planner *planner)
{
    paths_clear (&planner->paths);
    g_free (planner->net);
    mac_pool_free (planner->macs);
    ifnames_free (planner->ifnames);
    g_hash_table_unref (planner->nic_macs);
    g_hash_table_unref (planner->taps);
    g_hash_table_unref (planner->uplinks);
    g_hash_table_unref (planner->switches);
    g_hash_table_unref (planner->said);
    *planner = (Planner){ 0 };
}

const Switch *
planner_switch (const Planner *planner, const Nic *nic)
{
    return g_hash_table_lookup (planner->switches, nic->switch_name);
}

const char *
planner_bound_directory (const Planner *planner)
{
    return planner->facts->user ? "directory:" PATHS_BOUND : "directory:run";
}

char *
planner_mac (Planner *planner, const Machine *machine, const Nic *nic)
{
    const char *known = g_hash_table_lookup (planner->nic_macs, nic);
    char *text;
    Mac mac;

    if (known)
        return g_strdup (known);
    if (!nic->mac || !mac_parse (nic->mac, &mac))
        mac = mac_pool_derive (planner->macs, machine->name, nic->name);
    text = mac_format (&mac);
    g_hash_table_insert (planner->nic_macs, (gpointer)nic, g_strdup (text));
    return text;
}

void
planner_complain (Planner *planner, DiagLevel level, Place place, char *key, const char *format,
                  ...)
{
    g_autofree char *owned_key = key;
    g_autofree char *text = NULL;
    char *mark;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    /* without a line there is nothing by which two could be known as one */
    mark = g_strdup_printf ("%s:%d:%d:%s:%s", place.file ? place.file : "", place.line,
                            place.column, place.line > 0 ? "" : key, text);
    if (!g_hash_table_add (planner->said, mark))
        return;
    switch (level) {
    case DIAG_ERROR:
        diag_error (planner->diags, place, key, "%s", text);
        break;
    case DIAG_WARNING:
        diag_warning (planner->diags, place, key, "%s", text);
        break;
    }
}

char *
planner_key (const Machine *machine, const char *format, ...)
{
    g_autofree char *rest = NULL;
    va_list args;

    va_start (args, format);
    rest = g_strdup_vprintf (format, args);
    va_end (args);
    return g_strdup_printf ("machines.%s.%s", machine->name, rest);
}
