/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the drawing of a topology: machines in a row, switches as lines below
 * them, and from each NIC a line down to its switch.  No program is needed for
 * it, and a lab of any shape fits, as every NIC has a column of its own.
 */
#include "plan/graph.h"

#include "base/quantity.h"

#include <string.h>

/* in px; a character is taken for CHAR wide at the size of the text */
#define MARGIN 20
#define COLUMN 130
#define GAP 24
#define TITLE 30
#define BOX_HEIGHT 48
#define LABELS 44 /* under a machine: name, address and VLAN of the NIC */
#define BUS_STEP 56
#define CHAR 8

typedef struct {
    const Graph *graph;
    GString *text;
    guint *columns; /* x of each link */
    guint width;
    guint height;
} Drawing;

static void put (Drawing *drawing, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* strings in @format's arguments are escaped */
static void
put (Drawing *drawing, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_markup_vprintf_escaped (format, args);
    va_end (args);
    g_string_append (drawing->text, text);
}

static guint
bus_y (guint segment)
{
    return MARGIN + TITLE + BOX_HEIGHT + LABELS + BUS_STEP * (segment + 1) - BUS_STEP / 2;
}

static guint
machine_width (const MachineStep *machine)
{
    guint wanted = MAX (1, machine->nics->len) * COLUMN;

    return MAX (wanted, strlen (machine->name) * CHAR + GAP);
}

static void
put_machine (Drawing *drawing, const MachineStep *machine, guint x, guint width)
{
    g_autofree char *memory = quantity_format_size (machine->memory);
    guint middle = x + width / 2, y = MARGIN + TITLE;

    put (drawing, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" rx=\"4\" class=\"box\"/>\n",
         x, y, width, BOX_HEIGHT);
    put (drawing, "<text x=\"%u\" y=\"%u\" class=\"name\">%s</text>\n", middle, y + 20,
         machine->name);
    put (drawing, "<text x=\"%u\" y=\"%u\" class=\"small\">%d CPU%s, %s</text>\n", middle, y + 38,
         (int)machine->cpus, machine->cpus == 1 ? "" : "s", memory);
}

static void
put_link (Drawing *drawing, const GraphLink *link, guint x)
{
    guint top = MARGIN + TITLE + BOX_HEIGHT;
    guint bottom = link->segment < 0 ? top + LABELS + 6 : bus_y (link->segment);

    put (drawing, "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\" class=\"%s\"/>\n", x, top, x,
         bottom, link->segment < 0 ? "nat" : "wire");
    if (link->segment < 0)
        put (drawing, "<text x=\"%u\" y=\"%u\" class=\"small\">NAT</text>\n", x, bottom + 12);
    else
        put (drawing, "<circle cx=\"%u\" cy=\"%u\" r=\"4\"/>\n", x, bottom);
    put (drawing, "<text x=\"%u\" y=\"%u\" class=\"left\">%s</text>\n", x + 5, top + 13,
         link->nic->name);
    put (drawing, "<text x=\"%u\" y=\"%u\" class=\"left\">%s</text>\n", x + 5, top + 26,
         link->nic->mac);
    if (link->nic->vlan)
        put (drawing, "<text x=\"%u\" y=\"%u\" class=\"left\">vlan %s</text>\n", x + 5, top + 39,
             link->nic->vlan);
}

static void
put_segment (Drawing *drawing, const GraphSegment *segment, guint index)
{
    guint y = bus_y (index);

    put (drawing, "<line x1=\"%d\" y1=\"%u\" x2=\"%u\" y2=\"%u\" class=\"bus\"/>\n", MARGIN, y,
         drawing->width - MARGIN, y);
    put (drawing, "<text x=\"%d\" y=\"%u\" class=\"left\">%s (%s) %s</text>\n", MARGIN, y + 16,
         segment->name, segment->type, segment->detail);
}

/* Finds the columns and with them the width. */
static void
lay_out (Drawing *drawing)
{
    const Graph *graph = drawing->graph;
    guint x = MARGIN, n = 0;

    for (guint i = 0; i < graph->machines->len; i++) {
        const MachineStep *machine = g_ptr_array_index (graph->machines, i);
        guint width = machine_width (machine);

        for (guint j = 0; j < machine->nics->len; j++)
            drawing->columns[n++] = x + width / MAX (1, machine->nics->len) * j + 12;
        x += width + GAP;
    }
    drawing->width = MAX (x, 2 * MARGIN + 200);
    drawing->height = bus_y (graph->segments->len) + MARGIN;
}

char *
graph_to_svg (const Graph *graph)
{
    g_autofree guint *columns = g_new0 (guint, graph->links->len + 1);
    Drawing drawing = { graph, g_string_new (NULL), columns, 0, 0 };
    guint x = MARGIN;

    lay_out (&drawing);
    put (&drawing,
         "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
         "viewBox=\"0 0 %u %u\" font-family=\"sans-serif\" font-size=\"13\">\n",
         drawing.width, drawing.height, drawing.width, drawing.height);
    put (&drawing, "<style>.box{fill:#eef2f7;stroke:#345}.name{text-anchor:middle;font-weight:bold}"
                   ".small{text-anchor:middle;font-size:11px}.left{font-size:11px}"
                   ".wire{stroke:#345}.nat{stroke:#345;stroke-dasharray:4 3}"
                   ".bus{stroke:#246;stroke-width:4;stroke-linecap:round}</style>\n");
    put (&drawing, "<title>%s</title>\n<text x=\"%d\" y=\"%d\" font-size=\"16\">%s</text>\n",
         graph->plan->lab, MARGIN, MARGIN + 8, graph->plan->lab);
    for (guint i = 0; i < graph->segments->len; i++)
        put_segment (&drawing, g_ptr_array_index (graph->segments, i), i);
    for (guint i = 0; i < graph->links->len; i++)
        put_link (&drawing, &g_array_index (graph->links, GraphLink, i), columns[i]);
    for (guint i = 0; i < graph->machines->len; i++) {
        const MachineStep *machine = g_ptr_array_index (graph->machines, i);

        put_machine (&drawing, machine, x, machine_width (machine));
        x += machine_width (machine) + GAP;
    }
    g_string_append (drawing.text, "</svg>\n");
    return g_string_free (drawing.text, FALSE);
}
