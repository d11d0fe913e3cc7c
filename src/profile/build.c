/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order in which a tree becomes a lab, and the maps at its top whose
 * names are not simply those of items: templates and machines. */
#include "profile/build.h"

#include "base/text.h"
#include "profile/bind.h"
#include "profile/check/check.h"
#include "profile/tree/merge.h"
#include "profile/tree/range.h"
#include "profile/tree/vars.h"

#include <string.h>

/* Values of all machines together, templates and ranges expanded: a lab of
 * thousands of large machines has some hundred thousand. */
#define MAX_VALUES 1000000

typedef struct {
    Lab *lab;
    Binder *binder;
    Templates *templates;
    Complaints *complaints;
    GHashTable *names; /* borrowed name → borrowed Machine */
    guint64 values;
} Builder;

/* The map under @key; NULL when there is none or it is something else. */
static Node *
get_map (Builder *builder, Node *tree, const char *key)
{
    Node *map = node_get (tree, key);

    if (!map || map->kind == NODE_MAP)
        return map;
    complain (builder->complaints, map->place, key,
              "must be a map of names, as { %s: { … } }, not %s", *key == 'm' ? "web" : "small",
              node_kind_name (map));
    return NULL;
}

/* Versions are in the names of templates, so there may be dots. */
static gboolean
template_name_is_valid (const char *name)
{
    for (const char *c = name; *c; c++)
        if (!g_ascii_isalnum (*c) && !strchr (".-_", *c))
            return FALSE;
    return *name != '\0';
}

/* Templates are looked at even when no machine uses them. */
static void
check_template (Builder *builder, NodeEntry *entry)
{
    g_autofree char *path = g_strdup_printf ("templates.%s", entry->key), *quoted = NULL;
    Machine *scratch = model_machine_new ();
    Node *whole;

    if (!template_name_is_valid (entry->key)) {
        quoted = text_quote (entry->key);
        complain (builder->complaints, entry->place, "templates",
                  "%s cannot name a template; use letters, digits, dots, - and _", quoted);
    }
    binder_set_scope (builder->binder, (VarScope){ .open = TRUE });
    binder_enter (builder->binder, "templates");
    binder_enter (builder->binder, entry->key);
    binder_fill (builder->binder, &machine_section, entry->value, entry->place, scratch);
    binder_leave (builder->binder);
    binder_leave (builder->binder);
    model_machine_free (scratch);
    whole = templates_apply (builder->templates, entry->value, path);
    node_unref (whole);
}

static void
add_machine (Builder *builder, const NodeEntry *entry, Node *body, const RangeName *name)
{
    const Machine *first = g_hash_table_lookup (builder->names, name->name);
    Machine *machine;

    if (first) {
        g_autofree char *where = complain_where (entry->place, first->place);

        complain (builder->complaints, entry->place, "machines",
                  "machine %s is there already from %s; take another name or range", name->name,
                  where);
        return;
    }
    machine = model_machine_new ();
    machine->name = g_strdup (name->name);
    machine->place = entry->place;
    g_ptr_array_add (builder->lab->machines, machine);
    g_hash_table_insert (builder->names, machine->name, machine);
    binder_set_scope (builder->binder, (VarScope){ .machine = machine->name, .n = name->n });
    binder_enter (builder->binder, "machines");
    binder_enter (builder->binder, machine->name);
    binder_fill (builder->binder, &machine_section, body, machine->place, machine);
    binder_leave (builder->binder);
    binder_leave (builder->binder);
}

/* FALSE when the lab has become too large to go on */
static gboolean
check_limits (Builder *builder, const NodeEntry *entry, const Node *body, guint n_names)
{
    builder->values += (guint64)body->weight * n_names;
    if (builder->lab->machines->len + n_names > RANGE_MAX_MACHINES) {
        complain (builder->complaints, entry->place, "machines",
                  "the lab has more than %d machines; make several labs of it", RANGE_MAX_MACHINES);
        return FALSE;
    }
    if (builder->values > MAX_VALUES) {
        complain (builder->complaints, entry->place, "machines",
                  "the machines have more than %d values together; make several labs of it",
                  MAX_VALUES);
        return FALSE;
    }
    return TRUE;
}

static gboolean
add_machines (Builder *builder, const NodeEntry *entry)
{
    g_autofree char *path = g_strdup_printf ("machines.%s", entry->key), *problem = NULL;
    g_autoptr (Node) body = templates_apply (builder->templates, entry->value, path);
    g_autoptr (GArray) names = range_expand (entry->key, &problem);
    /* under a wrong name the rest is looked at all the same */
    RangeName as_written = { entry->key, strchr (entry->key, '[') ? (char *)"1" : NULL };

    if (problem) {
        complain (builder->complaints, entry->place, "machines", "%s", problem);
        add_machine (builder, entry, body, &as_written);
        return TRUE;
    }
    if (!check_limits (builder, entry, body, names->len))
        return FALSE;
    for (guint i = 0; i < names->len; i++)
        add_machine (builder, entry, body, &g_array_index (names, RangeName, i));
    return TRUE;
}

static void
build_machines (Builder *builder, Node *tree)
{
    Node *templates = get_map (builder, tree, "templates");
    Node *machines = get_map (builder, tree, "machines");

    builder->templates = templates_new (templates, builder->complaints);
    for (guint i = 0; templates && i < node_n_entries (templates); i++)
        check_template (builder, node_nth_entry (templates, i));
    if (machines && node_n_entries (machines) == 0)
        complain (builder->complaints, machines->place, "machines",
                  "there is no machine in it; add one, as web: { memory: 1G }");
    for (guint i = 0; machines && i < node_n_entries (machines); i++)
        if (!add_machines (builder, node_nth_entry (machines, i)))
            break;
    binder_set_scope (builder->binder, (VarScope){ 0 });
    templates_free (builder->templates);
}

Lab *
build_lab (Node *tree, const char *const *set, Complaints *complaints)
{
    g_autoptr (Vars) vars = vars_new (node_get (tree, "vars"), set, complaints);
    g_autoptr (Binder) binder = binder_new (vars, complaints);
    Builder builder = { .binder = binder, .complaints = complaints };

    builder.lab = lab_new ();
    builder.names = g_hash_table_new (g_str_hash, g_str_equal);
    binder_fill (binder, &lab_section, tree, tree->place, builder.lab);
    build_machines (&builder, tree);
    check_lab (builder.lab, binder, complaints);
    g_hash_table_unref (builder.names);
    return builder.lab;
}
