/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The topology of a planned lab as a picture: what is plugged into what.  Pure. */
#pragma once

#include "plan/step.h"

/* What NICs meet on.  QEMU's NAT is none: each machine has its own. */
typedef struct {
    char *name;
    char *type;   /* `internal`, `bridge` … */
    char *detail; /* addresses, an uplink; may be empty */
} GraphSegment;

typedef struct {
    const MachineStep *machine;
    const NicRecord *nic;
    int segment; /* index; -1 = a NAT of its own */
} GraphLink;

typedef struct {
    const Plan *plan;
    GPtrArray *machines; /* MachineStep, not owned */
    GPtrArray *segments; /* GraphSegment, in the order of the plan */
    GArray *links;       /* GraphLink, machine by machine */
} Graph;

/**
 * graph_new:
 * @plan: (transfer none): outlives the graph
 *
 * Returns: (transfer full): its topology
 */
Graph *graph_new (const Plan *plan);
void graph_free (Graph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Graph, graph_free)

/**
 * graph_to_dot: (and graph_to_svg)
 *
 * Returns: (transfer full): the picture, in the language of graphviz or as an
 * SVG document
 */
char *graph_to_dot (const Graph *graph);
char *graph_to_svg (const Graph *graph);
