/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the texts of `help`. */
#include "cli/shell/qmp-help.h"

#include <string.h>

#define COLUMNS_WIDTH 78
#define TYPE_DEPTH 2 /* levels of objects that are shown below an argument */

static const char usage_text[] =
    "COMMAND KEY=VALUE…      a.b=1 is a member of a member, 1,2 a list, \"1\" a string\n"
    "COMMAND KEY:='JSON'     KEY=@FILE the text of a file, KEY:=@FILE its JSON\n"
    "{\"execute\": …}          a whole command; its id is kept\n"
    "transaction(            actions, one a line or parted by `;`, until `)`\n"
    "!…                      sent without a check and without a question\n"
    "getfd fdname=x @fd:3    with a descriptor; also @open:FILE\n"
    "@FILE                   the lines of a file; of a transcript, what clients sent\n"
    "help [COMMAND [KEY=VALUE…]]       this text; the arguments of a command\n"
    "events [on|off|PATTERN…] [--data KEY=VALUE…]    which events are shown\n"
    "events last [N]                   those that came before, shown or not\n"
    "wait EVENT [KEY=VALUE…] [TIME]    one that came since the last command counts, too\n"
    "hmp LINE                          a command of the human monitor\n"
    "exit                              leaves the shell (also Ctrl-D)\n";

char *
qmp_help_overview (const QmpSchema *schema)
{
    GString *out = g_string_new (usage_text);
    const GArray *commands = schema ? qmp_schema_get_commands (schema) : NULL;
    gsize column = 0;

    if (commands)
        g_string_append_c (out, '\n');
    for (guint i = 0; commands && i < commands->len; i++) {
        const char *name = g_array_index (commands, QmpEntry, i).name;

        if (column > 0 && column + strlen (name) + 2 > COLUMNS_WIDTH) {
            g_string_append_c (out, '\n');
            column = 0;
        }
        g_string_append_printf (out, "%s%s", column ? "  " : "", name);
        column += strlen (name) + (column ? 2 : 0);
    }
    if (commands)
        g_string_append_c (out, '\n');
    return g_string_free (out, FALSE);
}

static const char *
given (const char *const *words, const char *key)
{
    gsize length = strlen (key);

    for (gsize i = 1; words[i]; i++)
        if (strncmp (words[i], key, length) == 0 && words[i][length] == '=')
            return words[i] + length + 1;
    return NULL;
}

static void
append_members (GString *out, const QmpType *type, const char *path, const char *const *words,
                guint depth)
{
    const char *tag = qmp_type_get_tag (type);
    g_autofree char *tag_key = tag ? g_strconcat (path, tag, NULL) : NULL;
    const char *branch = tag_key ? given (words, tag_key) : NULL;
    g_autoptr (GArray) members = qmp_type_get_members (type, branch);

    for (guint i = 0; i < members->len; i++) {
        const QmpEntry *member = &g_array_index (members, QmpEntry, i);
        g_autofree char *key = g_strconcat (path, member->name, NULL);
        g_autofree char *below = g_strconcat (key, ".", NULL);
        g_autofree char *what = qmp_type_describe (member->type);

        g_string_append_printf (out, "  %-28s %-9s %s%s%s%s\n", key,
                                member->optional ? "optional" : "needed", what,
                                member->feature ? " (" : "", member->feature ? member->feature : "",
                                member->feature ? ")" : "");
        if (depth > 1 && qmp_type_get_meta (member->type) == QMP_META_OBJECT)
            append_members (out, member->type, below, words, depth - 1);
    }
    if (tag_key && !branch)
        g_string_append_printf (out, "  … and more that %s chooses: help %s %s=VALUE\n", tag_key,
                                words[0], tag_key);
}

char *
qmp_help_command (const QmpSchema *schema, const char *const *words)
{
    const QmpEntry *command = qmp_schema_find_command (schema, words[0]);
    const QmpType *type = command ? qmp_schema_get_arguments (schema, words[0]) : NULL;
    g_autoptr (GArray) members = type ? qmp_type_get_members (type, NULL) : NULL;
    g_autofree char *returns = NULL;
    GString *out;

    if (!command)
        return NULL;
    out = g_string_new (words[0]);
    if (command->feature)
        g_string_append_printf (out, " (%s)", command->feature);
    if (!type)
        g_string_append (out, ": the server does not tell its arguments\n");
    else if (members->len == 0 && !qmp_schema_is_open (schema, words[0]))
        g_string_append (out, ": takes no arguments\n");
    else
        g_string_append_c (out, '\n');
    if (type)
        append_members (out, type, "", words, TYPE_DEPTH);
    if (type && qmp_schema_is_open (schema, words[0]))
        g_string_append (out, "  … and the properties of the driver; Tab lists them\n");
    if (command->type)
        returns = qmp_type_describe (command->type);
    if (returns)
        g_string_append_printf (out, "  returns: %s\n", returns);
    return g_string_free (out, FALSE);
}
