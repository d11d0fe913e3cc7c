/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The profile that an import builds: the one machine, its disks, nics and
 * switches, and what was left out.
 */
#pragma once

#include <json-glib/json-glib.h>

typedef struct {
    const char *folder; /* where relative paths start */
    char *name;         /* of machine and lab; NULL = not told */
    JsonObject *machine;
    JsonObject *disks;
    JsonObject *nics;
    JsonObject *switches;
    JsonArray *forwards;
    JsonArray *args;
    GPtrArray *notes; /* char *, owned */
} Draft;

/* @folder: that relative paths begin at; copied */
void draft_init (Draft *draft, const char *folder);
void draft_clear (Draft *draft);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draft, draft_clear)

/**
 * draft_note:
 *
 * Remembers that something was not carried over as it was.
 */
void draft_note (Draft *draft, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * draft_set: (and draft_set_bool, draft_set_int)
 * @value: (nullable): NULL sets nothing
 */
void draft_set (JsonObject *object, const char *key, const char *value);
void draft_set_bool (JsonObject *object, const char *key, gboolean value);
void draft_set_int (JsonObject *object, const char *key, gint64 value);

/**
 * draft_group:
 *
 * Returns: (transfer none): the object under @key, made when there is none
 */
JsonObject *draft_group (JsonObject *object, const char *key);

/**
 * draft_path:
 *
 * Returns: (transfer full): @path, absolute, with what profiles would take for
 * a variable written as text
 */
char *draft_path (const Draft *draft, const char *path);

/**
 * draft_add_disk: (and draft_add_nic)
 * @name: (nullable): as the source calls it
 *
 * Returns: (transfer none): a new one under that name, or one like it
 */
JsonObject *draft_add_disk (Draft *draft, const char *name);
JsonObject *draft_add_nic (Draft *draft, const char *name);

/**
 * draft_add_switch:
 * @type: bridge, ovs, macvtap
 * @member: the key that names what it stands for, as `bridge`
 * @device: a bridge or interface of the host's
 *
 * Returns: (transfer none): the switch for @device, made when there is none
 */
const char *draft_add_switch (Draft *draft, const char *type, const char *member,
                              const char *device);

/**
 * draft_type:
 *
 * Sets the board from the type in the emulator's words.
 */
void draft_type (Draft *draft, const char *type);

/**
 * draft_emulator:
 *
 * Sets the emulator, when @path is not what profiles have anyway.
 */
void draft_emulator (Draft *draft, const char *path);

/**
 * draft_finish:
 *
 * Returns: (transfer full): the profile as a tree
 */
JsonNode *draft_finish (Draft *draft);
