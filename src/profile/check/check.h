/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What values may stand together, and the defaults that depend on others. */
#pragma once

#include "profile/bind.h"
#include "profile/complain.h"
#include "profile/model.h"

/**
 * check_lab:
 * @lab: filled by @binder; defaults that depend on other keys are set here
 *
 * Complains about what does not fit together; leaves alone what was complained
 * about before.
 */
void check_lab (Lab *lab, Binder *binder, Complaints *complaints);

/* The rest is shared by check.c and the files check-*.c. */

typedef struct {
    Lab *lab;
    Binder *binder;
    Complaints *complaints;
    GHashTable *machines; /* borrowed name → borrowed Machine */
    GHashTable *switches; /* borrowed name → borrowed Switch */
    GHashTable *bridges;  /* borrowed name of an interface → borrowed Switch */
    GHashTable *taps;     /* borrowed name of a tap → borrowed Nic */
    GHashTable *macs;     /* borrowed address → borrowed Nic */
    GHashTable *uuids;    /* borrowed UUID → borrowed Machine */
    GHashTable *ports;    /* owned "tcp/80/address" → borrowed Forward */
    GHashTable *owners;   /* borrowed Nic or Forward → borrowed Machine */
} Check;

/* A struct under check and the way to it, for complaints. */
typedef struct {
    const Machine *machine; /* NULL = in `switches` */
    const char *list;       /* disks, nics, tunnels; NULL = the machine or switch itself */
    const char *name;       /* in the list */
    gconstpointer data;     /* Machine, Disk, Nic, Switch, Ready */
    Place place;            /* where to point when a key was not written */
    const Switch *sw;       /* NULL = in `machines` */
} CheckAt;

/* Where a check is: at that struct, which outlives the result. */
CheckAt check_at_machine (const Machine *machine);
CheckAt check_at_disk (const Machine *machine, const Disk *disk);
CheckAt check_at_nic (const Machine *machine, const Nic *nic);
CheckAt check_at_switch (const Switch *sw);

/* whether @key was written; and whether it was written and was in order */
gboolean check_said (const Check *check, const CheckAt *at, const char *key);
gboolean check_is_bad (const Check *check, const CheckAt *at, const char *key);

/* where @key was written, else where the struct was */
Place check_place (const Check *check, const CheckAt *at, const char *key);

/* Complains of @key, where it was written (check_place()) or at @place. */
void check_fail (Check *check, const CheckAt *at, const char *key, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void check_fail_at (Check *check, const CheckAt *at, const char *key, Place place,
                    const char *format, ...) G_GNUC_PRINTF (5, 6);
void check_warn (Check *check, const CheckAt *at, const char *key, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* check-switch.c */
void check_switch (Check *check, Switch *sw);

/* check-private.c: what a network of the lab's own makes of it */
gboolean check_uplink_is_user (const Switch *sw);
void check_private_switch (Check *check, const CheckAt *at, Switch *sw);
void check_private_nic (Check *check, const CheckAt *at, const Nic *nic);
void check_disk (Check *check, const Machine *machine, Disk *disk);
void check_disk_places (Check *check, const Machine *machine);
void check_nic (Check *check, const Machine *machine, Nic *nic);
void check_forwards (Check *check, const Machine *machine);
void check_screen (Check *check, const Machine *machine);

/* `ready`: words that this machine can answer */
void check_ready (Check *check, const Machine *machine);

/* check-guest.c: @sw NULL = the user switch that need not be declared */
void check_guest_nic (Check *check, const Machine *machine, const Nic *nic, const Switch *sw);
void check_guest (Check *check, const Machine *machine);

/* check-boot.c */
void check_firmware (Check *check, const Machine *machine);
/* adds the disks that seeds are on */
void check_seeds (Check *check, Machine *machine);

/* `after`: names that are there, and no circle */
void check_order (Check *check);
