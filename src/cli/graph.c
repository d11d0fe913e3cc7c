/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost graph: what is plugged into what, as a picture. */
#include "base/dirs.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/common/load.h"
#include "lab/state.h"
#include "plan/graph.h"

#include <stdio.h>

typedef struct {
    const char *name;
    char *(*draw) (const Graph *graph);
} Format;

static const Format formats[] = { { "dot", graph_to_dot }, { "svg", graph_to_svg } };

static const Format *
find_format (const char *name, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
        if (!name || g_str_equal (name, formats[i].name))
            return &formats[i];
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--format %s: wants dot or svg", name);
    return NULL;
}

static gboolean
draw (const Plan *plan, const Format *format)
{
    g_autoptr (Graph) graph = graph_new (plan);
    g_autofree char *picture = format->draw (graph);

    return fputs (picture, stdout) >= 0;
}

static gboolean
draw_running (const char *lab, const Format *format, GError **error)
{
    g_autofree char *run_dir = NULL;
    g_autoptr (State) state = NULL;

    if (!name_is_valid (lab)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not the name of a lab", lab);
        return FALSE;
    }
    run_dir = dirs_lab_run (lab);
    state = state_load (run_dir, NULL);
    if (state)
        return draw (state->plan, format);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "lab %s is not up: say -f FILE to draw a profile", lab);
    return FALSE;
}

gboolean
verb_graph (Options *options, GError **error)
{
    const Format *format = find_format (options->format, error);
    const char *lab = options->argc > 0 ? options->argv[0] : options->lab;
    g_autoptr (Plan) plan = NULL;

    if (!format)
        return FALSE;
    if (lab)
        return draw_running (lab, format, error);
    plan = load_plan (options, error);
    return plan && draw (plan, format);
}
