/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order in which machines start: `after` names machines that are
 * there, and no machine waits for itself. */
#include "profile/check/check.h"

#include "base/text.h"

typedef enum { UNSEEN, OPEN, DONE } Colour;

typedef struct {
    Machine *machine;
    guint next; /* in its `after` */
} Visit;

typedef struct {
    Check *check;
    GHashTable *colours; /* borrowed Machine → Colour */
    GArray *stack;       /* Visit: the chain from where the search began */
} Search;

static void
complain_unknown (Check *check, const Machine *machine, const char *name)
{
    CheckAt at = check_at_machine (machine);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *quoted = NULL, *meant = NULL;

    if (complaints_are_full (check->complaints))
        return;
    quoted = text_quote (name);
    for (guint i = 0; i < check->lab->machines->len; i++) {
        const Machine *other = g_ptr_array_index (check->lab->machines, i);

        if (other != machine)
            g_ptr_array_add (names, other->name);
    }
    g_ptr_array_add (names, NULL);
    meant = complain_suggest (check->complaints, name, (const char *const *)names->pdata);
    check_fail (check, &at, "after", "the lab has no machine %s%s", quoted,
                *meant ? meant : "; name machines of this lab, each on its own");
}

static void
complain_circle (Search *search, const Machine *again)
{
    const Visit *top = &g_array_index (search->stack, Visit, search->stack->len - 1);
    CheckAt at = check_at_machine (top->machine);
    g_autoptr (GString) circle = g_string_new (NULL);
    gboolean inside = FALSE;

    if (top->machine == again) {
        check_fail (search->check, &at, "after", "%s waits for itself; take it out", again->name);
        return;
    }
    for (guint i = 0; i < search->stack->len; i++) {
        const Machine *machine = g_array_index (search->stack, Visit, i).machine;

        inside = inside || machine == again;
        if (inside)
            g_string_append_printf (circle, "%s → ", machine->name);
    }
    check_fail (search->check, &at, "after",
                "machines wait for each other in a circle: %s%s; take one of them out", circle->str,
                again->name);
}

static void
push (Search *search, Machine *machine)
{
    Visit visit = { machine, 0 };

    g_hash_table_insert (search->colours, machine, GINT_TO_POINTER (OPEN));
    g_array_append_val (search->stack, visit);
}

/* Depth first, without recursion: chains may be as long as the lab. */
static void
follow (Search *search, Machine *start)
{
    push (search, start);
    while (search->stack->len > 0) {
        Visit *top = &g_array_index (search->stack, Visit, search->stack->len - 1);
        const char *name = top->machine->after[top->next];
        Machine *other;

        if (!name) {
            g_hash_table_insert (search->colours, top->machine, GINT_TO_POINTER (DONE));
            g_array_set_size (search->stack, search->stack->len - 1);
            continue;
        }
        top->next++;
        other = g_hash_table_lookup (search->check->machines, name);
        if (!other) {
            complain_unknown (search->check, top->machine, name);
            continue;
        }
        switch ((Colour)GPOINTER_TO_INT (g_hash_table_lookup (search->colours, other))) {
        case UNSEEN:
            push (search, other);
            break;
        case OPEN:
            complain_circle (search, other);
            break;
        case DONE:
            break;
        }
    }
}

void
check_order (Check *check)
{
    Search search = { .check = check };

    search.colours = g_hash_table_new (NULL, NULL);
    search.stack = g_array_new (FALSE, FALSE, sizeof (Visit));
    for (guint i = 0; i < check->lab->machines->len; i++) {
        Machine *machine = g_ptr_array_index (check->lab->machines, i);

        if (!g_hash_table_contains (search.colours, machine))
            follow (&search, machine);
    }
    g_hash_table_unref (search.colours);
    g_array_unref (search.stack);
}
