/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of candidates.  It asks nobody: names that only the machine
 * knows come from the caller's cache.
 */
#include "cli/shell/qmp-complete.h"

#include "cli/shell/qmp-words.h"

#include <string.h>

typedef struct {
    const QmpSchema *schema;
    const QmpLiveSource *live;
    QmpWords words;
    char *command; /* or action */
    char *prefix;  /* what candidates begin with */
    gsize start;   /* where @prefix begins */
    gboolean waiting;
    GPtrArray *found;
} Completion;

/* What the shell knows besides the machine's commands. */
static const struct {
    const char *name;
    const char *description;
} builtins[] = {
    { "help", "what there is; help COMMAND: its arguments" },
    { "events", "show events: on, off, PATTERN… [--data KEY=VALUE…]; last [N]" },
    { "wait", "wait EVENT [KEY=VALUE…] [TIME]" },
    { "hmp", "a command of the human monitor" },
    { "exit", "leave the shell" },
};

static void
offer (Completion *c, const char *text, const char *description, gboolean partial)
{
    if (!g_str_has_prefix (text, c->prefix))
        return;
    for (guint i = 0; i < c->found->len; i++)
        if (g_str_equal (((QmpCandidate *)g_ptr_array_index (c->found, i))->text, text))
            return;
    g_ptr_array_add (c->found, qmp_candidate_new (text, description, partial));
}

static void
offer_entries (Completion *c, const GArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        const QmpEntry *entry = &g_array_index (entries, QmpEntry, i);

        offer (c, entry->name, entry->feature, FALSE);
    }
}

static void
offer_live (Completion *c, QmpLiveKind kind, const char *key)
{
    GPtrArray *names = kind && c->live ? c->live->get (c->live->data, kind, key) : NULL;

    if (kind && c->live && !names)
        c->waiting = TRUE;
    for (guint i = 0; names && i < names->len; i++) {
        const QmpCandidate *name = g_ptr_array_index (names, i);

        offer (c, name->text, name->description, name->partial);
    }
}

/* The prefix becomes what stands behind @length bytes of it. */
static void
drop_prefix (Completion *c, gsize length)
{
    char *rest = g_strdup (c->prefix + length);

    g_free (c->prefix);
    c->prefix = rest;
    c->start += length;
}

static void
offer_string (Completion *c, const char *argument)
{
    QmpLiveKind kind = qmp_live_kind_of (c->command, argument);
    g_autofree char *parent = NULL;
    char *slash;

    if (kind != QMP_LIVE_QOM) {
        offer_live (c, kind, "");
        return;
    }
    parent = g_strdup (c->prefix);
    slash = strrchr (parent, '/');
    if (!slash)
        offer (c, "/", "the root", TRUE);
    if (slash)
        slash[slash == parent] = '\0';
    if (slash)
        offer_live (c, kind, parent);
}

static const QmpType *
object_choice (const QmpType *type)
{
    g_autoptr (GPtrArray) choices = NULL;

    if (!type || qmp_type_get_meta (type) != QMP_META_ALTERNATE)
        return type && qmp_type_get_meta (type) == QMP_META_OBJECT ? type : NULL;
    choices = qmp_type_get_choices (type);
    for (guint i = 0; i < choices->len; i++)
        if (qmp_type_get_meta (g_ptr_array_index (choices, i)) == QMP_META_OBJECT)
            return g_ptr_array_index (choices, i);
    return NULL;
}

/* @type: (nullable): of the value */
static void
offer_value (Completion *c, const QmpType *type, const char *argument)
{
    g_autoptr (GArray) values = NULL;
    g_autoptr (GPtrArray) choices = NULL;
    const QmpType *object;
    const char *comma;

    switch (type ? qmp_type_get_meta (type) : QMP_META_ANY) {
    case QMP_META_ENUM:
        values = qmp_type_get_values (type);
        offer_entries (c, values);
        return;
    case QMP_META_BOOL:
        offer (c, "true", NULL, FALSE);
        offer (c, "false", NULL, FALSE);
        return;
    case QMP_META_NULL:
        offer (c, "null", NULL, FALSE);
        return;
    case QMP_META_ARRAY:
        comma = strrchr (c->prefix, ',');
        drop_prefix (c, comma ? comma + 1 - c->prefix : 0);
        offer_value (c, qmp_type_get_element (type), argument);
        return;
    case QMP_META_ALTERNATE:
        /* a block node may be written in place or named */
        object = object_choice (type);
        if (object && g_strcmp0 (qmp_type_get_tag (object), "driver") == 0)
            offer_live (c, QMP_LIVE_NODES, "");
        choices = qmp_type_get_choices (type);
        for (guint i = 0; i < choices->len; i++)
            if (qmp_type_get_meta (g_ptr_array_index (choices, i)) != QMP_META_ALTERNATE)
                offer_value (c, g_ptr_array_index (choices, i), argument);
        return;
    case QMP_META_STRING:
    case QMP_META_ANY:
        offer_string (c, argument);
        return;
    case QMP_META_INT:
    case QMP_META_NUMBER:
    case QMP_META_OBJECT:
        return;
    }
}

/* The value that is given to the tag of @type, whose members stand below @path. */
static char *
tag_value (Completion *c, const QmpType *type, const char *path)
{
    const char *tag = qmp_type_get_tag (type);
    g_autofree char *key = tag ? g_strconcat (path, tag, NULL) : NULL;

    return key ? qmp_words_value (&c->words, key) : NULL;
}

/* Returns: (nullable): the type of @key, which has dots, below @type */
static const QmpType *
find_type (Completion *c, const QmpType *type, const char *key)
{
    g_auto (GStrv) parts = g_strsplit (key, ".", -1);
    g_autoptr (GString) path = g_string_new (NULL);

    for (gsize i = 0; parts[i] && type; i++) {
        const QmpType *object = object_choice (type);

        if (qmp_type_get_meta (type) == QMP_META_ARRAY) {
            type = qmp_type_get_element (type);
        } else if (object) {
            g_autofree char *tag = tag_value (c, object, path->str);
            g_autoptr (GArray) members = qmp_type_get_members (object, tag);
            const QmpEntry *entry = qmp_entries_find (members, parts[i]);

            type = entry ? entry->type : NULL;
        } else {
            type = NULL;
        }
        g_string_append_printf (path, "%s.", parts[i]);
    }
    return type;
}

static void
offer_member (Completion *c, const QmpEntry *member, const char *path)
{
    g_autofree char *key = g_strconcat (path, member->name, NULL);
    g_autofree char *type = qmp_type_describe (member->type);
    g_autofree char *text = g_strdup_printf (
        "%s%s%s%s%s", member->optional ? "" : "needed; ", type, member->feature ? " (" : "",
        member->feature ? member->feature : "", member->feature ? ")" : "");
    QmpMeta meta = qmp_type_get_meta (member->type);
    g_autofree char *equals = g_strconcat (key, "=", NULL), *dot = g_strconcat (key, ".", NULL);

    if (qmp_words_mentions (&c->words, key) && !object_choice (member->type))
        return;
    if (meta == QMP_META_ARRAY && object_choice (qmp_type_get_element (member->type))) {
        g_autofree char *json = g_strconcat (key, ":=[", NULL);

        offer (c, json, text, TRUE);
        return;
    }
    if (meta != QMP_META_OBJECT && !qmp_words_mentions (&c->words, key))
        offer (c, equals, text, TRUE);
    if (object_choice (member->type))
        offer (c, dot, text, TRUE);
}

/* What is needed first, then what may be left out. */
static void
offer_members (Completion *c, const QmpType *type, const char *path)
{
    g_autofree char *tag = tag_value (c, type, path);
    g_autoptr (GArray) members = qmp_type_get_members (type, tag);

    for (int pass = 0; pass < 3; pass++)
        for (guint i = 0; i < members->len; i++) {
            const QmpEntry *member = &g_array_index (members, QmpEntry, i);

            if (pass == (member->tag ? 0 : member->optional ? 2 : 1))
                offer_member (c, member, path);
        }
}

static void
offer_properties (Completion *c)
{
    g_autofree char *driver = qmp_words_value (&c->words, "driver");
    GPtrArray *names;

    if (!driver || !c->live)
        return;
    names = c->live->get (c->live->data, QMP_LIVE_PROPERTIES, driver);
    c->waiting |= names == NULL;
    for (guint i = 0; names && i < names->len; i++) {
        const QmpCandidate *name = g_ptr_array_index (names, i);
        g_autofree char *text = g_strconcat (name->text, "=", NULL);

        if (!qmp_words_mentions (&c->words, name->text))
            offer (c, text, name->description, TRUE);
    }
}

/* Returns: (nullable): the object whose members the words set */
static const QmpType *
find_arguments (Completion *c)
{
    const QmpType *type;
    g_autoptr (GArray) members = NULL;
    const QmpEntry *data;

    if (!c->words.block)
        return qmp_schema_get_arguments (c->schema, c->command);
    type = qmp_schema_get_arguments (c->schema, "transaction");
    type = type ? find_type (c, type, "actions.0") : NULL;
    if (!type)
        return NULL;
    members = qmp_type_get_members (type, c->command);
    data = qmp_entries_find (members, "data");
    return data ? data->type : NULL;
}

static void
complete_argument (Completion *c)
{
    const QmpType *type = find_arguments (c);
    char *equals = strchr (c->prefix, '='), *dot;

    if (equals) {
        gsize name_length = equals - c->prefix;
        g_autofree char *key =
            g_strndup (c->prefix, name_length - (name_length && equals[-1] == ':' ? 1 : 0));
        const char *name = strrchr (key, '.') ? strrchr (key, '.') + 1 : key;

        drop_prefix (c, name_length + 1);
        if (*c->prefix == '{' || *c->prefix == '[')
            return;
        if (*c->prefix == '"')
            drop_prefix (c, 1);
        offer_value (c, type ? find_type (c, type, key) : NULL, name);
        return;
    }
    dot = strrchr (c->prefix, '.');
    if (dot) {
        g_autofree char *parent = g_strndup (c->prefix, dot - c->prefix);
        g_autofree char *path = g_strndup (c->prefix, dot + 1 - c->prefix);

        type = type ? object_choice (find_type (c, type, parent)) : NULL;
        if (type)
            offer_members (c, type, path);
        return;
    }
    if (type)
        offer_members (c, type, "");
    if (g_str_equal (c->command, "device_add"))
        offer_properties (c);
}

static void
complete_action (Completion *c)
{
    const QmpType *type = qmp_schema_get_arguments (c->schema, "transaction");

    type = type ? find_type (c, type, "actions.0.type") : NULL;
    if (type)
        offer_value (c, type, "type");
}

static void
complete_command (Completion *c)
{
    drop_prefix (c, strspn (c->prefix, "!"));
    if (c->words.block) {
        complete_action (c);
        return;
    }
    offer_entries (c, qmp_schema_get_commands (c->schema));
    for (gsize i = 0; i < G_N_ELEMENTS (builtins); i++)
        offer (c, builtins[i].name, builtins[i].description, FALSE);
}

/* Returns: whether the line is one of the shell's own */
static gboolean
complete_builtin (Completion *c)
{
    if (c->words.block)
        return FALSE;
    if (g_str_equal (c->command, "help")) {
        if (c->words.current == 1)
            offer_entries (c, qmp_schema_get_commands (c->schema));
    } else if (g_str_equal (c->command, "events") || g_str_equal (c->command, "wait")) {
        if (c->command[0] == 'e' && c->words.current == 1) {
            offer (c, "on", "show all", FALSE);
            offer (c, "off", "show none", FALSE);
            offer (c, "last", "those that came before, shown or not", FALSE);
        }
        if (c->command[0] == 'e' || c->words.current == 1)
            offer_entries (c, qmp_schema_get_events (c->schema));
    } else if (g_str_equal (c->command, "hmp")) {
        g_autofree char *first = qmp_words_get (&c->words, 1);

        if (c->words.current == 1)
            offer_live (c, QMP_LIVE_HMP, "");
        else if (c->words.current == 2 && g_str_equal (first, "info"))
            offer_live (c, QMP_LIVE_HMP, "info");
    } else {
        return g_str_equal (c->command, "exit");
    }
    return TRUE;
}

GPtrArray *
qmp_complete (const QmpSchema *schema, const char *text, gsize cursor, const QmpLiveSource *live,
              gsize *ret_start, gboolean *ret_waiting)
{
    Completion c = { schema, live };

    if (schema && text[strspn (text, " \t\n!")] == '{')
        return qmp_complete_json (schema, text, cursor, live, ret_start, ret_waiting);
    c.found = g_ptr_array_new_with_free_func ((GDestroyNotify)qmp_candidate_free);
    c.start = cursor;
    qmp_words_init (&c.words, text, cursor);
    if (schema && !c.words.json) {
        if (c.words.current < c.words.words->len)
            c.start = g_array_index (c.words.words, QmpWord, c.words.current).start;
        c.prefix = g_strndup (text + c.start, cursor - c.start);
        c.command = qmp_words_get (&c.words, 0);
        if (c.words.current == 0)
            complete_command (&c);
        else if (!complete_builtin (&c))
            complete_argument (&c);
    }
    qmp_words_clear (&c.words);
    g_free (c.prefix);
    g_free (c.command);
    *ret_start = c.start;
    *ret_waiting = c.waiting;
    return c.found;
}
