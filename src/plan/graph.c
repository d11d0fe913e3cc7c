/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a plan to its topology, and that as DOT; the drawing is in
 * graph-svg.c.
 */
#include "plan/graph.h"

#include "base/quantity.h"

static void
segment_free (gpointer data)
{
    GraphSegment *segment = data;

    g_free (segment->name);
    g_free (segment->type);
    g_free (segment->detail);
    g_free (segment);
}

static void
add_segment (Graph *graph, const char *name, const char *type, const char *detail)
{
    GraphSegment *segment = g_new (GraphSegment, 1);

    *segment = (GraphSegment){ g_strdup (name), g_strdup (type), g_strdup (detail) };
    g_ptr_array_add (graph->segments, segment);
}

static int
find_segment (const Graph *graph, const char *name)
{
    for (guint i = 0; i < graph->segments->len; i++)
        if (g_strcmp0 (((GraphSegment *)g_ptr_array_index (graph->segments, i))->name, name) == 0)
            return (int)i;
    return -1;
}

/* after the step that makes the segment */
static void
add_detail (Graph *graph, const char *name, const char *detail)
{
    int index = find_segment (graph, name);
    GraphSegment *segment = index >= 0 ? g_ptr_array_index (graph->segments, index) : NULL;
    g_autofree char *before = segment ? g_steal_pointer (&segment->detail) : NULL;

    if (segment)
        segment->detail = g_strdup_printf ("%s%s%s", before, *before ? ", " : "", detail);
}

static void
add_step (Graph *graph, const Step *step)
{
    switch (step->kind) {
    case STEP_SWITCH:
        add_segment (graph, step->sw->name, "internal", "");
        break;
    case STEP_NETWORK:
        add_segment (graph, step->network->name, "bridge", step->network->bridge);
        break;
    case STEP_OVS:
        for (guint i = 0; i < step->ovs->bridges->len; i++) {
            const NetworkStep *bridge = g_ptr_array_index (step->ovs->bridges, i);

            add_segment (graph, bridge->name, "ovs", bridge->bridge);
        }
        break;
    case STEP_TAP:
        if (step->tap->parent && find_segment (graph, step->tap->switch_name) < 0)
            add_segment (graph, step->tap->switch_name, "macvtap", step->tap->parent);
        break;
    case STEP_UPLINK:
        add_detail (graph, step->uplink->name, "NAT");
        break;
    case STEP_MACHINE:
        g_ptr_array_add (graph->machines, step->machine);
        break;
    case STEP_DIRECTORY:
    case STEP_IMAGE:
    case STEP_NETNS:
    case STEP_HOOK:
        break;
    }
}

Graph *
graph_new (const Plan *plan)
{
    Graph *graph = g_new0 (Graph, 1);

    graph->plan = plan;
    graph->machines = g_ptr_array_new ();
    graph->segments = g_ptr_array_new_with_free_func (segment_free);
    graph->links = g_array_new (FALSE, FALSE, sizeof (GraphLink));
    for (guint i = 0; i < plan->steps->len; i++)
        add_step (graph, g_ptr_array_index (plan->steps, i));
    for (guint i = 0; i < graph->machines->len; i++) {
        const MachineStep *machine = g_ptr_array_index (graph->machines, i);

        for (guint j = 0; j < machine->nics->len; j++) {
            const NicRecord *nic = g_ptr_array_index (machine->nics, j);
            GraphLink link = { machine, nic, find_segment (graph, nic->switch_name) };

            g_array_append_val (graph->links, link);
        }
    }
    return graph;
}

void
graph_free (Graph *graph)
{
    if (!graph)
        return;
    g_ptr_array_unref (graph->machines);
    g_ptr_array_unref (graph->segments);
    g_array_unref (graph->links);
    g_free (graph);
}

/* --- DOT --- */

/* Inside double quotes DOT knows the backslash and the quote alone. */
static void
put_quoted (GString *text, const char *value)
{
    g_string_append_c (text, '"');
    for (const char *at = value; *at; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c (text, '\\');
        g_string_append_c (text, *at);
    }
    g_string_append_c (text, '"');
}

/* @kind keeps machines and switches of one name apart */
static void
put_id (GString *text, const char *kind, const char *name)
{
    g_autofree char *id = g_strdup_printf ("%s:%s", kind, name);

    put_quoted (text, id);
}

static void
put_machine (GString *text, const MachineStep *machine)
{
    g_autofree char *memory = quantity_format_size (machine->memory);
    g_autofree char *detail =
        g_strdup_printf ("%d CPU%s, %s", (int)machine->cpus, machine->cpus == 1 ? "" : "s", memory);

    g_string_append (text, "  ");
    put_id (text, "machine", machine->name);
    g_string_append (text, " [shape=box, label=");
    put_quoted (text, machine->name);
    g_string_append (text, ", tooltip=");
    put_quoted (text, detail);
    g_string_append (text, "];\n");
}

static void
put_segment (GString *text, const GraphSegment *segment)
{
    g_autofree char *label = g_strdup_printf ("%s (%s)%s%s", segment->name, segment->type,
                                              *segment->detail ? " " : "", segment->detail);

    g_string_append (text, "  ");
    put_id (text, "switch", segment->name);
    g_string_append (text, " [shape=ellipse, label=");
    put_quoted (text, label);
    g_string_append (text, "];\n");
}

static void
put_link (GString *text, const Graph *graph, const GraphLink *link)
{
    const NicRecord *nic = link->nic;
    g_autofree char *port = g_strdup_printf ("%s/%s", link->machine->name, nic->name);
    g_autofree char *label = g_strdup_printf (
        "%s %s%s%s", nic->name, nic->mac, nic->vlan ? " vlan " : "", nic->vlan ? nic->vlan : "");

    if (link->segment < 0) {
        g_string_append (text, "  ");
        put_id (text, "nat", port);
        g_string_append (text, " [shape=plaintext, label=\"NAT\"];\n");
    }
    g_string_append (text, "  ");
    put_id (text, "machine", link->machine->name);
    g_string_append (text, " -- ");
    if (link->segment < 0)
        put_id (text, "nat", port);
    else
        put_id (text, "switch",
                ((GraphSegment *)g_ptr_array_index (graph->segments, link->segment))->name);
    g_string_append (text, " [label=");
    put_quoted (text, label);
    g_string_append (text, link->segment < 0 ? ", style=dashed];\n" : "];\n");
}

char *
graph_to_dot (const Graph *graph)
{
    GString *text = g_string_new ("graph ");

    put_quoted (text, graph->plan->lab);
    g_string_append (text, " {\n");
    for (guint i = 0; i < graph->machines->len; i++)
        put_machine (text, g_ptr_array_index (graph->machines, i));
    for (guint i = 0; i < graph->segments->len; i++)
        put_segment (text, g_ptr_array_index (graph->segments, i));
    for (guint i = 0; i < graph->links->len; i++)
        put_link (text, graph, &g_array_index (graph->links, GraphLink, i));
    g_string_append (text, "}\n");
    return g_string_free (text, FALSE);
}
