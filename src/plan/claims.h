/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan claims of the host and of the networks around it: things that
 * two labs cannot both have.
 */
#pragma once

#include "plan/step.h"

typedef enum {
    CLAIM_PORT,      /* a port of the host */
    CLAIM_MAC,       /* an address on a segment that others are on as well */
    CLAIM_IMAGE,     /* a file that a machine opens */
    CLAIM_INTERFACE, /* the name of an interface of the host that is to be made */
} ClaimKind;

typedef struct {
    ClaimKind kind;
    char *owner;         /* whose claim it is, for people: `machine web, nic lan` */
    char *name;          /* what is claimed, as a person calls it: `tcp:127.0.0.1:80`, a path */
    char *value;         /* port: address, "" = all; mac; path */
    char *scope;         /* port: protocol; mac: segment, as `bridge br0`; NULL */
    gint64 port;         /* port: its number; never 0 */
    gboolean shared;     /* image: only read, as others may do too */
    const char *mend;    /* (not owned) what to do when it cannot be had; NULL: goes by kind */
    const char *machine; /* (not owned) who has it while it lives; NULL: has the step made it? */
    const char *step;    /* (not owned) id */
    const char *place;   /* (not owned) FILE:LINE */
    const char *mark; /* (not owned) interface: by which it is known to be this lab's; NULL … */
    const char *mac;  /* (not owned) … and until it is marked; NULL */
} Claim;

/**
 * claims_of_plan:
 *
 * Returns: (transfer full) (element-type Claim): in the order of the plan; they
 * point into @plan, which outlives them
 */
GPtrArray *claims_of_plan (const Plan *plan);

/**
 * claim_key:
 *
 * Returns: (transfer full): a text that is the same for any two claims that
 * clash, so that each has to be compared with few others
 */
char *claim_key (const Claim *claim);

/**
 * claims_clash:
 *
 * Returns: whether @a and @b cannot both be had
 */
gboolean claims_clash (const Claim *a, const Claim *b);
