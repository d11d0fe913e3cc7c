/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which argument refers to a descriptor by name; see fd-names.h. */
#include "control/shared/fd-names.h"

#include "control/shared/json-replace.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp-scan.h"

#include <string.h>

/* Limits on what a client controls */
#define NAMES_MAX 1024 /* names of one client; QEMU's own limit is that of open files */

#define PREFIX "roost-"

struct FdNames {
    char *prefix;
    GHashTable *known; /* owned name as the client calls it */
    gboolean getting;  /* a getfd is being translated */
};

/* How an argument refers to a name. */
typedef enum {
    REFERS_WHOLE,      /* it is the name */
    REFERS_LIST,       /* names with colons between them */
    REFERS_URI,        /* fd:NAME */
    REFERS_FD_ADDRESS, /* it is the name when the object, or the one around it, has "type": "fd" */
} RefersHow;

/* Members that refer to a name, whatever the command. */
static const struct {
    const char *key;
    RefersHow how;
} REFERENCES[] = {
    { "fd", REFERS_WHOLE },       /* netdev_add tap, socket, dgram; device_add vfio, iommufd */
    { "fds", REFERS_LIST },       /* netdev_add tap, with several queues */
    { "vhostfd", REFERS_WHOLE },  /* netdev_add tap; device_add vhost-scsi, vhost-vsock */
    { "vhostfds", REFERS_LIST },  /* netdev_add tap */
    { "fdname", REFERS_WHOLE },   /* add_client */
    { "uri", REFERS_URI },        /* migrate, migrate-incoming */
    { "protocol", REFERS_URI },   /* dump-guest-memory */
    { "str", REFERS_FD_ADDRESS }, /* SocketAddress: chardev-add, nbd-server-start, … */
};

FdNames *
fd_names_new (guint client)
{
    FdNames *names = g_new0 (FdNames, 1);

    names->prefix = g_strdup_printf (PREFIX "%u-", client);
    names->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    return names;
}

void
fd_names_free (FdNames *names)
{
    if (!names)
        return;
    g_free (names->prefix);
    g_hash_table_unref (names->known);
    g_free (names);
}

static char *
to_json (FdNames *names, const char *before, const char *name)
{
    g_autofree char *text = g_strconcat (before, names->prefix, name, NULL);
    GString *json = g_string_new (NULL);

    qmp_json_append_string (json, text, -1);
    return g_string_free (json, FALSE);
}

/* Returns: whether @place's object says that it is the address of a descriptor */
static gboolean
is_fd_address (const JsonPlace *place)
{
    g_autofree char *type = NULL;
    const QmpMember *member;
    QmpObject object;

    if (!place ||
        !qmp_scan_object (place->object, place->object_length, QMP_SCAN_STRICT, &object, NULL))
        return FALSE;
    member = qmp_object_find (&object, "type");
    type = member ? qmp_slice_to_string (member->value, member->value_length) : NULL;
    return g_strcmp0 (type, "fd") == 0;
}

static char *
translate_list (FdNames *names, const char *text)
{
    g_auto (GStrv) parts = g_strsplit (text, ":", -1);
    gboolean changed = FALSE;
    g_autofree char *joined = NULL;
    GString *json;

    for (guint i = 0; parts[i]; i++) {
        if (g_hash_table_contains (names->known, parts[i])) {
            char *part = parts[i];

            parts[i] = g_strconcat (names->prefix, part, NULL);
            g_free (part);
            changed = TRUE;
        }
    }
    if (!changed)
        return NULL;
    joined = g_strjoinv (":", parts);
    json = g_string_new (NULL);
    qmp_json_append_string (json, joined, -1);
    return g_string_free (json, FALSE);
}

static char *
translate_reference (const JsonPlace *place, const char *value, gsize length, gpointer user_data)
{
    FdNames *names = user_data;
    g_autofree char *text = NULL;
    guint row = 0;

    while (row < G_N_ELEMENTS (REFERENCES) && !g_str_equal (REFERENCES[row].key, place->key))
        row++;
    text = row < G_N_ELEMENTS (REFERENCES) ? qmp_slice_to_string (value, length) : NULL;
    if (!text)
        return NULL;
    switch (REFERENCES[row].how) {
    case REFERS_WHOLE:
        return g_hash_table_contains (names->known, text) ? to_json (names, "", text) : NULL;
    case REFERS_LIST:
        return translate_list (names, text);
    case REFERS_URI:
        if (!g_str_has_prefix (text, "fd:") || !g_hash_table_contains (names->known, text + 3))
            return NULL;
        return to_json (names, "fd:", text + 3);
    case REFERS_FD_ADDRESS:
        if (!g_hash_table_contains (names->known, text) ||
            !(is_fd_address (place) || is_fd_address (place->outer)))
            return NULL;
        return to_json (names, "", text);
    }
    g_assert_not_reached ();
}

/* QEMU refuses names that begin with a digit, so these go as they are. */
static gboolean
can_have_prefix (const char *name)
{
    return !g_ascii_isdigit (*name);
}

/* The name in getfd and closefd.  One that the client may not know is given the
 * prefix as well when it looks like somebody else's. */
static char *
translate_name (const JsonPlace *place, const char *value, gsize length, gpointer user_data)
{
    FdNames *names = user_data;
    g_autofree char *name = NULL;

    if (!place->outer && g_str_equal (place->key, "fdname"))
        name = qmp_slice_to_string (value, length);
    if (!name || !can_have_prefix (name))
        return NULL;
    if (!names->getting && !g_hash_table_contains (names->known, name) &&
        !g_str_has_prefix (name, PREFIX))
        return NULL;
    return to_json (names, "", name);
}

static char *
get_name (const char *arguments)
{
    const QmpMember *member;
    QmpObject object;

    if (!qmp_scan_object (arguments, strlen (arguments), QMP_SCAN_STRICT, &object, NULL))
        return NULL;
    member = qmp_object_find (&object, "fdname");
    return member ? qmp_slice_to_string (member->value, member->value_length) : NULL;
}

char *
fd_names_translate (FdNames *names, const char *command, const char *arguments)
{
    gboolean gets = g_str_equal (command, "getfd"), closes = g_str_equal (command, "closefd");
    gsize length = arguments ? strlen (arguments) : 0;
    g_autofree char *name = NULL;
    char *translated;

    if (!arguments || (!gets && !closes && g_hash_table_size (names->known) == 0))
        return NULL;
    if (!gets && !closes)
        return json_replace (arguments, length, translate_reference, names, NULL);
    name = get_name (arguments);
    if (gets && name && can_have_prefix (name) && g_hash_table_size (names->known) < NAMES_MAX)
        g_hash_table_add (names->known, g_strdup (name));
    names->getting = gets;
    translated = json_replace (arguments, length, translate_name, names, NULL);
    if (closes && name)
        g_hash_table_remove (names->known, name);
    return translated;
}

char *
fd_names_translate_error (FdNames *names, const char *error, gsize length)
{
    g_autofree char *text = g_strndup (error, length);
    GString *plain;

    if (!strstr (text, names->prefix))
        return NULL;
    plain = g_string_new (text);
    g_string_replace (plain, names->prefix, "", 0);
    return g_string_free (plain, FALSE);
}

GPtrArray *
fd_names_list (FdNames *names)
{
    GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init (&iter, names->known);
    while (g_hash_table_iter_next (&iter, &name, NULL))
        g_ptr_array_add (list, g_strconcat (names->prefix, name, NULL));
    return list;
}
