/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the words of the command line:
 *
 *   roost-switch --name NAME --control PATH --ageing SECONDS [--ready-fd N]
 *       { --port MACHINE/NIC --local PATH --remote PATH
 *         [--vlan N] [--trunk 10,20-29] }...
 *
 * Each --port begins a port, and the port words behind it belong to it.  --vlan
 * alone makes an access port; --trunk names tagged members, and --vlan beside
 * it the native VLAN; neither makes a plain port (forward.h says what that
 * is).  Every word is also understood as --word=value.
 */
#include "switch/options.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/quantity.h"

#include <string.h>

/* Limits: two descriptors a port, and a name that fits on a line. */
#define MAX_PORTS 1024
#define MAX_NAME 128
#define MAX_READY_FD 65535

typedef enum {
    WORD_NAME,
    WORD_PATH,
    WORD_AGEING,
    WORD_FD,
    WORD_PORT,
    WORD_VLAN,
    WORD_TRUNK,
} WordKind;

typedef struct {
    const char *word;
    gboolean of_port;
    WordKind kind;
    gsize offset;     /* of the text, in the port or the options */
    const char *what; /* the value it wants, for messages */
} Word;

static const Word words[] = {
    { "--name", FALSE, WORD_NAME, offsetof (SwitchOptions, name), "a name, once" },
    { "--control", FALSE, WORD_PATH, offsetof (SwitchOptions, control),
      "a socket path of at most 107 bytes, once" },
    { "--ageing", FALSE, WORD_AGEING, 0, "a number of seconds above 0" },
    { "--ready-fd", FALSE, WORD_FD, 0, "the number of a descriptor, from 3 up" },
    { "--port", FALSE, WORD_PORT, 0, "a name, for at most 1024 ports" },
    { "--local", TRUE, WORD_PATH, offsetof (PortOptions, local),
      "a socket path of at most 107 bytes, once per port" },
    { "--remote", TRUE, WORD_PATH, offsetof (PortOptions, remote),
      "a socket path of at most 107 bytes, once per port" },
    { "--vlan", TRUE, WORD_VLAN, 0, "a VLAN, 1 to 4094, once per port" },
    { "--trunk", TRUE, WORD_TRUNK, 0, "a list of VLANs as 10,20-29, once per port" },
};

static gboolean
set_text (char **field, const char *value, gsize max)
{
    if (*field || !*value || strlen (value) > max || !g_utf8_validate (value, -1, NULL))
        return FALSE;
    *field = g_strdup (value);
    return TRUE;
}

static gboolean
set_ageing (gint64 *ageing, const char *value)
{
    guint ms;

    if (!quantity_parse_duration (value, &ms) || ms == 0)
        return FALSE;
    *ageing = ms;
    return TRUE;
}

static gboolean
set_ready_fd (int *fd, const char *value)
{
    gint64 number;

    if (!quantity_parse_int (value, 3, MAX_READY_FD, &number))
        return FALSE;
    *fd = number;
    return TRUE;
}

static gboolean
add_port (GArray *ports, const char *value)
{
    PortOptions port = { 0 };

    if (ports->len == MAX_PORTS || !set_text (&port.name, value, MAX_NAME))
        return FALSE;
    g_array_append_val (ports, port);
    return TRUE;
}

static gboolean
set_vlan (PortVlans *vlans, const char *value)
{
    gint64 vlan;

    if (vlans->vlan != 0 || !quantity_parse_int (value, 1, VLAN_MAX, &vlan))
        return FALSE;
    vlans->vlan = vlan;
    if (vlans->mode == VLAN_PLAIN)
        vlans->mode = VLAN_ACCESS;
    return TRUE;
}

static gboolean
set_trunk (PortVlans *vlans, const char *value)
{
    if (vlans->mode == VLAN_TRUNK || !*value || !vlan_set_parse (value, &vlans->trunk))
        return FALSE;
    vlans->mode = VLAN_TRUNK;
    return TRUE;
}

static gboolean
set_value (const Word *word, SwitchOptions *options, PortOptions *port, const char *value)
{
    char *base = word->of_port ? (char *)port : (char *)options;

    switch (word->kind) {
    case WORD_NAME:
        return set_text ((char **)(base + word->offset), value, MAX_NAME);
    case WORD_PATH:
        return set_text ((char **)(base + word->offset), value, SOCKET_PATH_MAX);
    case WORD_AGEING:
        return set_ageing (&options->ageing, value);
    case WORD_FD:
        return set_ready_fd (&options->ready_fd, value);
    case WORD_PORT:
        return add_port (options->ports, value);
    case WORD_VLAN:
        return set_vlan (&port->vlans, value);
    case WORD_TRUNK:
        return set_trunk (&port->vlans, value);
    }
    g_assert_not_reached ();
}

/* @argument is `--word` or `--word=value`; @ret_value is NULL for the former. */
static const Word *
find_word (const char *argument, const char **ret_value)
{
    gsize length = strcspn (argument, "=");

    for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        if (strlen (words[i].word) == length && strncmp (words[i].word, argument, length) == 0) {
            *ret_value = argument[length] ? argument + length + 1 : NULL;
            return &words[i];
        }
    return NULL;
}

static gboolean
parse_words (SwitchOptions *options, char **argv, GError **error)
{
    for (char **at = argv + 1; *at; at++) {
        PortOptions *port = NULL;
        const char *value;
        const Word *word = find_word (*at, &value);

        if (!word) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "unknown option \"%s\"", *at);
            return FALSE;
        }
        if (options->ports->len > 0)
            port = &g_array_index (options->ports, PortOptions, options->ports->len - 1);
        if (word->of_port && !port) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                         "%s must stand behind the --port that it belongs to", word->word);
            return FALSE;
        }
        if (!value && !(value = *++at)) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s wants %s", word->word,
                         word->what);
            return FALSE;
        }
        if (!set_value (word, options, port, value)) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s \"%s\": wants %s", word->word,
                         value, word->what);
            return FALSE;
        }
    }
    return TRUE;
}

/* Two ports on one socket would steal each other's frames. */
static gboolean
check_unique (GHashTable *seen, const char *text, GError **error)
{
    if (g_hash_table_add (seen, (gpointer)text))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "\"%s\" is given twice", text);
    return FALSE;
}

static gboolean
check_complete (const SwitchOptions *options, GError **error)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

    if (!options->name || !options->control || options->ageing == 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is missing",
                     !options->name      ? "--name"
                     : !options->control ? "--control"
                                         : "--ageing");
        return FALSE;
    }
    g_hash_table_add (seen, options->control);
    for (guint i = 0; i < options->ports->len; i++) {
        const PortOptions *port = &g_array_index (options->ports, PortOptions, i);

        if (!port->local || !port->remote) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--port %s: %s is missing",
                         port->name, port->local ? "--remote" : "--local");
            return FALSE;
        }
        if (!check_unique (seen, port->name, error) || !check_unique (seen, port->local, error) ||
            !check_unique (seen, port->remote, error))
            return FALSE;
    }
    return TRUE;
}

static void
clear_port (gpointer data)
{
    PortOptions *port = data;

    g_free (port->name);
    g_free (port->local);
    g_free (port->remote);
}

SwitchOptions *
switch_options_parse (char **argv, GError **error)
{
    g_autoptr (SwitchOptions) options = g_new0 (SwitchOptions, 1);

    options->ready_fd = -1;
    options->ports = g_array_new (FALSE, TRUE, sizeof (PortOptions));
    g_array_set_clear_func (options->ports, clear_port);
    if (!parse_words (options, argv, error) || !check_complete (options, error))
        return NULL;
    return g_steal_pointer (&options);
}

void
switch_options_free (SwitchOptions *options)
{
    if (!options)
        return;
    g_free (options->name);
    g_free (options->control);
    g_array_unref (options->ports);
    g_free (options);
}
