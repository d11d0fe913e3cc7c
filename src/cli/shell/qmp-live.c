/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the questions for names and the cache of the answers. */
#include "cli/shell/qmp-live.h"

#include "cli/common/output.h"

#include <string.h>

/* Limits on what a machine can make us hold and wait for */
#define CACHE_MAX 200   /* answers */
#define NAMES_MAX 20000 /* names in one answer */
#define ANSWER_TIMEOUT_MS 3000

#define QUERIES_MAX 2

typedef void (*Reader) (GPtrArray *names, JsonNode *value, const char *key);

/* How the names of one kind are had. */
typedef struct {
    const char *command;   /* NULL = no (more) queries */
    const char *arguments; /* JSON; %s is the key; NULL = none */
    Reader read;
} Query;

typedef struct {
    GPtrArray *names; /* QmpCandidate */
    guint waiting;    /* answers that are on their way */
} Answer;

struct QmpLive {
    QmpClient *client;
    GHashTable *answers; /* "kind:key" → owned Answer */
    GCancellable *cancellable;
    void (*arrived) (gpointer user_data);
    gpointer user_data;
};

typedef struct {
    QmpLive *live;
    GHashTable *answers; /* keeps @answer */
    Answer *answer;
    Reader read;
    char *key;
    GCancellable *cancellable;
} Question;

static void
add (GPtrArray *names, const char *text, const char *description, gboolean partial)
{
    if (text && *text && names->len < NAMES_MAX)
        g_ptr_array_add (names, qmp_candidate_new (text, description, partial));
}

static JsonObject *
object_at (JsonNode *list, guint i)
{
    JsonArray *array = JSON_NODE_HOLDS_ARRAY (list) ? json_node_get_array (list) : NULL;
    JsonNode *node =
        array && i < json_array_get_length (array) ? json_array_get_element (array, i) : NULL;

    return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Reads a list of objects: @name of each, with @about (nullable) to describe it. */
static void
read_list (GPtrArray *names, JsonNode *value, const char *name, const char *about)
{
    JsonObject *object;

    for (guint i = 0; (object = object_at (value, i)); i++)
        add (names, member_string (object, name, NULL),
             about ? member_string (object, about, NULL) : NULL, FALSE);
}

static void
read_nodes (GPtrArray *names, JsonNode *value, const char *key)
{
    read_list (names, value, "node-name", "drv");
}

static void
read_blocks (GPtrArray *names, JsonNode *value, const char *key)
{
    read_list (names, value, "device", NULL);
}

static void
read_chardevs (GPtrArray *names, JsonNode *value, const char *key)
{
    read_list (names, value, "label", "filename");
}

static void
read_jobs (GPtrArray *names, JsonNode *value, const char *key)
{
    read_list (names, value, "id", "type");
}

static void
read_block_jobs (GPtrArray *names, JsonNode *value, const char *key)
{
    read_list (names, value, "device", "type");
}

static void
read_drivers (GPtrArray *names, JsonNode *value, const char *key)
{
    read_list (names, value, "name", "parent");
}

static void
read_properties (GPtrArray *names, JsonNode *value, const char *key)
{
    read_list (names, value, "name", "type");
}

static void
read_children (GPtrArray *names, JsonNode *value, const char *key)
{
    JsonObject *object;

    for (guint i = 0; (object = object_at (value, i)); i++)
        if (g_str_has_prefix (member_string (object, "type", ""), "child<"))
            add (names, member_string (object, "name", NULL), member_string (object, "type", NULL),
                 FALSE);
}

static void
read_paths (GPtrArray *names, JsonNode *value, const char *key)
{
    JsonObject *object;

    for (guint i = 0; (object = object_at (value, i)); i++) {
        const char *type = member_string (object, "type", "");
        g_autofree char *path = g_strconcat (key, g_str_has_suffix (key, "/") ? "" : "/",
                                             member_string (object, "name", ""), NULL);

        if (g_str_has_prefix (type, "child<"))
            add (names, path, type, FALSE);
    }
}

static void
read_snapshots (GPtrArray *names, JsonNode *value, const char *key)
{
    JsonObject *node;

    for (guint i = 0; (node = object_at (value, i)); i++) {
        JsonNode *image = json_object_get_member (node, "image");
        JsonNode *list = image && JSON_NODE_HOLDS_OBJECT (image)
                             ? json_object_get_member (json_node_get_object (image), "snapshots")
                             : NULL;

        if (list)
            read_list (names, list, "name", NULL);
    }
}

/* `net0: index=0,type=user,…`, and below a device ` \ net0: …` */
static void
read_network (GPtrArray *names, JsonNode *value, const char *key)
{
    const char *text = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
    g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

    for (gsize i = 0; lines[i]; i++) {
        char *name = lines[i] + strspn (lines[i], " \\");
        char *colon = strstr (name, ": ");

        if (!colon || !strstr (colon, "type=") || strstr (colon, "type=nic"))
            continue;
        *colon = '\0';
        add (names, name, g_strchomp (colon + 2), FALSE);
    }
}

/* `name|alias [arguments] -- what it does`; the subjects of info begin with it */
static void
read_monitor (GPtrArray *names, JsonNode *value, const char *key)
{
    const char *text = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
    g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

    for (gsize i = 0; lines[i]; i++) {
        char *line = lines[i], *about = strstr (line, " -- ");
        g_auto (GStrv) aliases = NULL;

        if (*key && !g_str_has_prefix (line, "info "))
            continue;
        if (*key)
            line += strlen ("info ");
        if (!about || !g_ascii_isalpha (*line))
            continue;
        *about = '\0';
        line[strcspn (line, " ")] = '\0';
        aliases = g_strsplit (line, "|", -1);
        for (gsize j = 0; aliases[j]; j++)
            add (names, aliases[j], g_strchomp (about + strlen (" -- ")), FALSE);
    }
}

static const Query queries[QMP_LIVE_COUNT][QUERIES_MAX] = {
    [QMP_LIVE_NODES] = { { "query-named-block-nodes", "{\"flat\": true}", read_nodes },
                         { "query-block", NULL, read_blocks } },
    [QMP_LIVE_DEVICES] = { { "qom-list", "{\"path\": \"/machine/peripheral\"}", read_children } },
    [QMP_LIVE_OBJECTS] = { { "qom-list", "{\"path\": \"/objects\"}", read_children } },
    [QMP_LIVE_NETDEVS] = { { "human-monitor-command", "{\"command-line\": \"info network\"}",
                             read_network } },
    [QMP_LIVE_CHARDEVS] = { { "query-chardev", NULL, read_chardevs } },
    [QMP_LIVE_JOBS] = { { "query-jobs", NULL, read_jobs },
                        { "query-block-jobs", NULL, read_block_jobs } },
    [QMP_LIVE_SNAPSHOTS] = { { "query-named-block-nodes", "{\"flat\": true}", read_snapshots } },
    [QMP_LIVE_DRIVERS] = { { "qom-list-types", "{\"implements\": \"device\", \"abstract\": false}",
                             read_drivers } },
    [QMP_LIVE_PROPERTIES] = { { "device-list-properties", "{\"typename\": \"%s\"}",
                                read_properties } },
    [QMP_LIVE_QOM] = { { "qom-list", "{\"path\": \"%s\"}", read_paths } },
    [QMP_LIVE_HMP] = { { "human-monitor-command", "{\"command-line\": \"help %s\"}",
                         read_monitor } },
};

static void
answer_free (gpointer data)
{
    Answer *answer = data;

    g_ptr_array_unref (answer->names);
    g_free (answer);
}

QmpLive *
qmp_live_new (QmpClient *client, void (*arrived) (gpointer user_data), gpointer user_data)
{
    QmpLive *live = g_new0 (QmpLive, 1);

    live->client = g_object_ref (client);
    live->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
    live->cancellable = g_cancellable_new ();
    live->arrived = arrived;
    live->user_data = user_data;
    return live;
}

/* Answers that are on their way belong to their questions from now on. */
static void
drop_answers (QmpLive *live)
{
    g_hash_table_unref (live->answers);
    live->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
}

void
qmp_live_free (QmpLive *live)
{
    if (!live)
        return;
    g_cancellable_cancel (live->cancellable);
    g_clear_object (&live->cancellable);
    g_hash_table_unref (live->answers);
    g_object_unref (live->client);
    g_free (live);
}

void
qmp_live_forget (QmpLive *live)
{
    g_cancellable_cancel (live->cancellable);
    g_object_unref (live->cancellable);
    live->cancellable = g_cancellable_new ();
    drop_answers (live);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(QmpCandidate *const *)a)->text, (*(QmpCandidate *const *)b)->text);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autofree Question *question = user_data;
    g_autofree char *key = question->key;
    g_autoptr (GHashTable) answers = question->answers;
    g_autoptr (GCancellable) cancellable = question->cancellable;
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    Answer *answer = question->answer;

    answer->waiting--;
    /* a question that fails has no names: completion is no place to complain */
    if (value)
        question->read (answer->names, value, key);
    if (answer->waiting > 0 || g_cancellable_is_cancelled (cancellable))
        return;
    g_ptr_array_sort (answer->names, compare_names);
    if (question->live->arrived)
        question->live->arrived (question->live->user_data);
}

static void
ask (QmpLive *live, Answer *answer, const Query *query, const char *key)
{
    g_autoptr (JsonNode) arguments = NULL;
    g_auto (GStrv) parts = query->arguments ? g_strsplit (query->arguments, "%s", 2) : NULL;
    g_autofree char *text = parts ? g_strjoinv (key, parts) : NULL;
    Question *question;

    if (text && !(arguments = json_from_string (text, NULL)))
        return;
    question = g_new0 (Question, 1);
    *question =
        (Question){ live, g_hash_table_ref (live->answers), answer, query->read, g_strdup (key) };
    answer->waiting++;
    qmp_client_execute_async (live->client, query->command, arguments, ANSWER_TIMEOUT_MS,
                              live->cancellable, on_answer, question);
}

GPtrArray *
qmp_live_get (gpointer data, QmpLiveKind kind, const char *key)
{
    QmpLive *live = data;
    g_autofree char *id = g_strdup_printf ("%d:%s", kind, key);
    Answer *answer = g_hash_table_lookup (live->answers, id);

    if (answer)
        return answer->waiting ? NULL : answer->names;
    /* keys go into JSON as they are: names and paths have no use for these */
    if (strpbrk (key, "\"\\%") || qmp_client_get_state (live->client) != QMP_CLIENT_READY)
        return NULL;
    if (g_hash_table_size (live->answers) >= CACHE_MAX)
        drop_answers (live);
    answer = g_new0 (Answer, 1);
    answer->names = g_ptr_array_new_with_free_func ((GDestroyNotify)qmp_candidate_free);
    g_hash_table_insert (live->answers, g_steal_pointer (&id), answer);
    for (guint i = 0; i < QUERIES_MAX && queries[kind][i].command; i++)
        ask (live, answer, &queries[kind][i], key);
    return answer->waiting ? NULL : answer->names;
}
