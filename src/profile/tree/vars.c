/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns variables: where they come from, and their replacement in values.
 * Variables may use others; those of the command line are taken as they are. */
#include "profile/tree/vars.h"

#include "base/text.h"

#include <string.h>

/* Limits: variables that double each other must not fill the memory. */
#define MAX_CHAIN 64 /* variables that use each other */
#define MAX_TEXT (64 * 1024)
#define MAX_TOTAL (64 * 1024 * 1024)

typedef enum { VAR_RAW, VAR_BUSY, VAR_DONE, VAR_WRONG } VarState;

typedef struct {
    Node *node; /* borrowed from the tree; NULL when set by the command line */
    VarState state;
    char *text; /* once done */
    const char *folder;
} Var;

struct Vars {
    GHashTable *by_name; /* owned name → owned Var */
    Complaints *complaints;
    gsize total;
    guint depth; /* of the chain that is being followed */
};

static void
var_free (gpointer data)
{
    Var *var = data;

    g_free (var->text);
    g_free (var);
}

static const char *
suggest (Vars *vars, const char *name)
{
    g_autofree const char **names = NULL;

    if (complaints_are_full (vars->complaints))
        return NULL;
    names = (const char **)g_hash_table_get_keys_as_array (vars->by_name, NULL);
    return text_suggest (name, names);
}

static Expansion expand (Vars *vars, const VarScope *scope, const char *text, const char *folder,
                         char **ret_text, const char **ret_folder, char **ret_problem);

/* Makes the text of @var, by way of the variables that it uses. */
static void
resolve (Vars *vars, const char *name, Var *var)
{
    static const VarScope none = { 0 };
    g_autofree char *problem = NULL, *path = g_strdup_printf ("vars.%s", name);

    if (var->state != VAR_RAW)
        return;
    if (vars->depth == MAX_CHAIN) {
        var->state = VAR_WRONG;
        complain (vars->complaints, var->node->place, path,
                  "more than %d variables use each other in a chain", MAX_CHAIN);
        return;
    }
    var->state = VAR_BUSY;
    vars->depth++;
    if (expand (vars, &none, var->node->text, var->node->folder, &var->text, &var->folder,
                &problem) == EXPAND_DONE)
        var->state = VAR_DONE;
    else
        var->state = VAR_WRONG;
    vars->depth--;
    if (problem)
        complain (vars->complaints, var->node->place, path, "%s", problem);
}

/* `${n}` and `${machine}` */
static Expansion
look_up_own (const VarScope *scope, const char *name, const char **ret_value, char **ret_problem)
{
    gboolean is_machine = g_str_equal (name, "machine");

    *ret_value = is_machine ? scope->machine : scope->n;
    if (*ret_value)
        return EXPAND_DONE;
    if (scope->open)
        return EXPAND_OPEN;
    *ret_problem = g_strdup_printf (
        is_machine ? "${%s} is known inside machines and templates only"
                   : "${%s} is known in machines with a range only, as in web[1-3]",
        name);
    return EXPAND_BAD;
}

static Expansion
look_up_environment (const char *name, const char **ret_value, char **ret_problem)
{
    *ret_value = g_getenv (name + strlen ("env:"));
    if (*ret_value && g_utf8_validate (*ret_value, -1, NULL))
        return EXPAND_DONE;
    *ret_problem = g_strdup_printf ("${%s}: the environment has no such variable; export it", name);
    return EXPAND_BAD;
}

static char *
no_such_variable (Vars *vars, const char *name)
{
    const char *meant = suggest (vars, name);

    if (meant)
        return g_strdup_printf ("${%s}: no such variable (did you mean ${%s}?)", name, meant);
    return g_strdup_printf ("${%s}: no such variable; declare it under vars, or write "
                            "$${ for a ${ that is meant as text",
                            name);
}

/* The text that stands for `${name}`.  What is bad because of a variable that
 * was complained about has no problem of its own. */
static Expansion
look_up (Vars *vars, const VarScope *scope, const char *name, const char **ret_value,
         const char **ret_folder, char **ret_problem)
{
    Var *var;

    if (g_str_has_prefix (name, "env:"))
        return look_up_environment (name, ret_value, ret_problem);
    if (g_str_equal (name, "machine") || g_str_equal (name, "n"))
        return look_up_own (scope, name, ret_value, ret_problem);
    var = g_hash_table_lookup (vars->by_name, name);
    if (!var) {
        *ret_problem = no_such_variable (vars, name);
        return EXPAND_BAD;
    }
    if (var->state == VAR_BUSY) {
        *ret_problem = g_strdup_printf ("${%s} is made from itself; break the circle", name);
        return EXPAND_BAD;
    }
    resolve (vars, name, var);
    *ret_value = var->text;
    *ret_folder = var->folder;
    return var->state == VAR_DONE ? EXPAND_DONE : EXPAND_BAD;
}

/* One `${…}` at *@at, which is moved behind it. */
static Expansion
expand_one (Vars *vars, const VarScope *scope, const char **at, gboolean first, GString *out,
            const char **folder, char **ret_problem)
{
    const char *end = strchr (*at, '}'), *value = NULL, *own = NULL;
    g_autofree char *name = end ? g_strndup (*at + 2, end - *at - 2) : NULL;
    Expansion result;

    if (!name || !*name) {
        *ret_problem = g_strdup (name ? "${} names no variable; write $${} for text"
                                      : "a ${ is not closed; write ${NAME}, or $${ for text");
        return EXPAND_BAD;
    }
    result = look_up (vars, scope, name, &value, &own, ret_problem);
    if (result == EXPAND_DONE)
        g_string_append (out, value);
    if (first && own)
        *folder = own;
    *at = end + 1;
    return result;
}

static Expansion
expand (Vars *vars, const VarScope *scope, const char *text, const char *folder, char **ret_text,
        const char **ret_folder, char **ret_problem)
{
    g_autoptr (GString) out = g_string_new (NULL);
    gboolean open = FALSE;

    for (const char *at = text; *at;) {
        if (g_str_has_prefix (at, "$${")) {
            g_string_append (out, "${");
            at += 3;
        } else if (g_str_has_prefix (at, "${")) {
            Expansion one = expand_one (vars, scope, &at, at == text, out, &folder, ret_problem);

            if (one == EXPAND_BAD)
                return EXPAND_BAD;
            open = open || one == EXPAND_OPEN;
        } else {
            g_string_append_c (out, *at++);
        }
        if (out->len > MAX_TEXT) {
            *ret_problem =
                g_strdup_printf ("with its variables it is longer than %d KiB", MAX_TEXT / 1024);
            return EXPAND_BAD;
        }
    }
    vars->total += out->len;
    if (vars->total > MAX_TOTAL) {
        *ret_problem = g_strdup_printf ("all variables together make more than %d MiB of text",
                                        MAX_TOTAL / 1024 / 1024);
        return EXPAND_BAD;
    }
    if (open)
        return EXPAND_OPEN;
    *ret_text = g_string_free (g_steal_pointer (&out), FALSE);
    *ret_folder = folder;
    return EXPAND_DONE;
}

static void
declare (Vars *vars, NodeEntry *entry)
{
    static const char *const taken[] = { "n", "machine", NULL };
    g_autofree char *path = g_strdup_printf ("vars.%s", entry->key);
    g_autofree char *quoted = text_quote (entry->key);
    Var *var;

    if (!name_is_valid (entry->key)) {
        complain (vars->complaints, entry->place, "vars",
                  "%s cannot name a variable; use letters, digits, - and _", quoted);
        return;
    }
    if (g_strv_contains (taken, entry->key)) {
        complain (vars->complaints, entry->place, "vars",
                  "%s has a meaning of its own; take another name", quoted);
        return;
    }
    var = g_new0 (Var, 1);
    g_hash_table_insert (vars->by_name, g_strdup (entry->key), var);
    var->node = entry->value;
    if (entry->value->kind != NODE_SCALAR) {
        complain (vars->complaints, entry->value->place, path, "a variable holds one value, not %s",
                  node_kind_name (entry->value));
        var->state = VAR_WRONG;
    }
}

static void
set (Vars *vars, const char *assignment)
{
    static const Place place = { "--set", 0, 0 };
    const char *equals = strchr (assignment, '=');
    g_autofree char *name = equals ? g_strndup (assignment, equals - assignment) : NULL;
    g_autofree char *quoted = text_quote (name ? name : assignment);
    g_autofree char *folder = g_get_current_dir ();
    Var *var;

    if (!name) {
        complain (vars->complaints, place, NULL, "%s is not of the form NAME=VALUE", quoted);
        return;
    }
    if (!g_utf8_validate (equals, -1, NULL)) {
        complain (vars->complaints, place, NULL, "the value of %s is not UTF-8", quoted);
        return;
    }
    var = g_hash_table_lookup (vars->by_name, name);
    if (!var) {
        const char *meant = suggest (vars, name);

        complain (vars->complaints, place, NULL, "the profile has no variable %s%s%s%s", quoted,
                  meant ? " (did you mean " : " under vars", meant ? meant : "", meant ? "?)" : "");
        return;
    }
    g_free (var->text);
    var->text = g_strdup (equals + 1);
    var->folder = g_intern_string (folder);
    var->state = VAR_DONE;
}

/* A null is a variable that must be set from outside. */
static void
check_value (Vars *vars, const char *name, Var *var)
{
    g_autofree char *path = g_strdup_printf ("vars.%s", name);

    if (var->state == VAR_RAW && node_is_null (var->node)) {
        var->state = VAR_WRONG;
        complain (vars->complaints, var->node->place, path,
                  "has no value; give it one here or with --set %s=VALUE", name);
    }
    resolve (vars, name, var);
}

Vars *
vars_new (Node *declared, const char *const *assignments, Complaints *complaints)
{
    Vars *vars = g_new0 (Vars, 1);

    vars->complaints = complaints;
    vars->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, var_free);
    if (declared && declared->kind != NODE_MAP) {
        complain (complaints, declared->place, "vars", "must be a map of names to values, not %s",
                  node_kind_name (declared));
        declared->bad = TRUE;
        declared = NULL;
    }
    for (guint i = 0; declared && i < node_n_entries (declared); i++)
        declare (vars, node_nth_entry (declared, i));
    for (gsize i = 0; assignments && assignments[i]; i++)
        set (vars, assignments[i]);
    for (guint i = 0; declared && i < node_n_entries (declared); i++) {
        NodeEntry *entry = node_nth_entry (declared, i);
        Var *var = g_hash_table_lookup (vars->by_name, entry->key);

        if (var)
            check_value (vars, entry->key, var);
    }
    return vars;
}

void
vars_free (Vars *vars)
{
    if (!vars)
        return;
    g_hash_table_unref (vars->by_name);
    g_free (vars);
}

Expansion
vars_expand (Vars *vars, const VarScope *scope, const Node *node, char **ret_text,
             const char **ret_folder, char **ret_problem)
{
    if (!strstr (node->text, "${")) {
        *ret_text = g_strdup (node->text);
        *ret_folder = node->folder;
        return EXPAND_DONE;
    }
    return expand (vars, scope, node->text, node->folder, ret_text, ret_folder, ret_problem);
}
