/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command as a person writes it:
 *
 *   COMMAND [KEY=VALUE…]    a.b=1 is a member of a member, KEY=1,2 a list,
 *                           KEY="text" a string, KEY=@FILE the file's text
 *   COMMAND [KEY=VALUE…] @fd:3   with a descriptor, also @open:FILE
 *   COMMAND KEY:='JSON'     or without the quotes, or KEY:=@FILE
 *   {"execute": …}          a whole command, with an id of its own
 *   transaction(            one action per line, until a line `)`; `;` parts
 *     ACTION [KEY=VALUE…]   actions, too
 *   )
 *   !…                      the same, and sent whatever the schema says
 */
#pragma once

#include "cli/shell/qmp-node.h"

typedef struct {
    char *source;
    gboolean anyway; /* begins with `!` */
    char *command;
    gsize command_start, command_end;
    gboolean oob;       /* exec-oob */
    char *id;           /* JSON of the id in a whole command; NULL = none */
    QmpNode *arguments; /* an OBJECT */
    char *descriptor;   /* NULL = none; see qmp-descriptor.h */
    gsize descriptor_start, descriptor_end;
} QmpLine;

/* Returns: (transfer full): the text of @path for KEY=@FILE */
typedef char *(*QmpLineRead) (const char *path, GError **error);

/**
 * qmp_line_parse:
 * @source: text of any number of lines
 * @read: (nullable): reads files; without it `@` is a letter like others
 * @fault: (out caller-allocates): what is wrong; open when more lines could
 *   make it right
 *
 * Returns: (transfer full) (nullable): the command
 */
QmpLine *qmp_line_parse (const char *source, QmpLineRead read, QmpFault *fault);

/**
 * qmp_line_parse_words:
 * @words: a command and its arguments, parted already: a VALUE goes to the end
 *   of its word
 *
 * Returns: (transfer full) (nullable): the command; its source, to which the
 * offsets of @fault belong as well, is the words with a space between them
 */
QmpLine *qmp_line_parse_words (const char *const *words, QmpLineRead read, QmpFault *fault);

void qmp_line_free (QmpLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpLine, qmp_line_free)

/**
 * qmp_line_is_secret:
 * @source: any text, whether it can be parsed or not
 *
 * Returns: whether @source may hold a password or another secret, so that it
 * must not be kept.  Rather one line too many than one too few
 */
gboolean qmp_line_is_secret (const char *source);

/**
 * qmp_line_find_named:
 * @description: of an error that a machine sent
 *
 * Returns: (transfer none) (nullable): the argument that @description names in
 * single quotes, as far as a text for people can tell
 */
const QmpNode *qmp_line_find_named (const QmpLine *line, const char *description);
