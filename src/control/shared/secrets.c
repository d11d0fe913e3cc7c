/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which arguments are secrets: rows of one table. */
#include "control/shared/secrets.h"

#include "control/shared/json-replace.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp-scan.h"

#include <string.h>

#define MASK "\"***\""

/* Members whose value is secret, at any depth.  `*-secret` members are not here:
 * they hold the id of a secret object, not the secret. */
static const struct {
    const char *command; /* NULL = any */
    const char *key;
} SECRETS[] = {
    { NULL, "password" },     /* set_password, change-vnc-password, guest-set-user-password */
    { NULL, "cookie" },       /* blockdev-add of http and https */
    { "object-add", "data" }, /* secret; secret_keyring names a key only */
    { "object-add", "iv" },   /* the same */
    { "sev-inject-launch-secret", "secret" },
    { "sev-inject-launch-secret", "packet-header" },
    { "guest-ssh-add-authorized-keys", "keys" },
    { "send-key", "keys" }, /* passwords are typed as well */
    { "input-send-event", "events" },
};

/* Words of a human monitor command after which nothing is written down. */
static const char *const HMP_WORDS[] = { "set_password", "change", "object_add", "expire_password",
                                         NULL };

/* Returns: (nullable): JSON of the human monitor command without what follows its name */
static char *
mask_command_line (const char *value, gsize length)
{
    g_autofree char *line = qmp_slice_to_string (value, length);
    g_autofree char *shown = NULL;
    const char *word = line, *end;
    GString *json;
    gboolean secret = FALSE;

    if (!line)
        return NULL;
    word += strspn (word, " \t");
    end = word + strcspn (word, " \t");
    for (guint i = 0; HMP_WORDS[i]; i++)
        secret |= strlen (HMP_WORDS[i]) == (gsize)(end - word) &&
                  strncmp (HMP_WORDS[i], word, end - word) == 0;
    if (!secret || !*end)
        return NULL;
    shown = g_strdup_printf ("%.*s ***", (int)(end - word), word);
    json = g_string_new (NULL);
    qmp_json_append_string (json, shown, -1);
    return g_string_free (json, FALSE);
}

static char *
mask_member (const JsonPlace *place, const char *value, gsize length, gpointer user_data)
{
    const char *command = user_data;

    if (g_str_equal (command, "human-monitor-command") && g_str_equal (place->key, "command-line"))
        return mask_command_line (value, length);
    for (gsize i = 0; i < G_N_ELEMENTS (SECRETS); i++)
        if (g_str_equal (SECRETS[i].key, place->key) &&
            (!SECRETS[i].command || g_str_equal (SECRETS[i].command, command)))
            return g_strdup (MASK);
    return NULL;
}

char *
secrets_mask (const char *command, const char *arguments, gsize length)
{
    gboolean complete;
    char *masked = json_replace (arguments, length, mask_member, (gpointer)command, &complete);

    if (complete)
        return masked;
    g_free (masked);
    return g_strdup (MASK); /* what could not be looked at is not shown */
}
