/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpParser: from the bytes of a client to its inputs: objects as strict JSON, or what is wrong. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct QmpParser QmpParser;

typedef enum {
    QMP_KIND_ABSENT,
    QMP_KIND_STRING,
    QMP_KIND_OBJECT,
    QMP_KIND_OTHER,
} QmpKind;

/* the members that a command may have, in the order in which QEMU looks at them */
typedef enum {
    QMP_MEMBER_EXEC_OOB,
    QMP_MEMBER_EXECUTE,
    QMP_MEMBER_ARGUMENTS,
    QMP_MEMBER_ID,
    QMP_N_MEMBERS,
} QmpMember;

/* One thing that a client sent.  With @error it could not be read; without @is_object it is a
 * value of another kind; else @members and @unexpected are what its members are. */
typedef struct {
    char *error; /* in QEMU's words; may have bytes that are no UTF-8, as they came */
    gboolean is_object;
    struct {
        QmpKind kind;
        char *json; /* strict and minified; NULL when absent */
    } members[QMP_N_MEMBERS];
    char *unexpected; /* the first member that no command has, in modified UTF-8 */
} QmpInput;

void qmp_input_free (QmpInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpInput, qmp_input_free)

QmpParser *qmp_parser_new (void);
void qmp_parser_free (QmpParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpParser, qmp_parser_free)

/**
 * qmp_parser_feed:
 * @input: (out) (transfer full) (nullable): what is complete now; %NULL when all bytes are used
 *   and nothing is
 *
 * Reads until one input is complete.  An input can be complete before the byte that ends it is
 * used, so the result may be 0.
 *
 * Returns: how many bytes were used
 */
gsize qmp_parser_feed (QmpParser *self, const char *bytes, gsize length, QmpInput **input);

/**
 * qmp_parser_is_idle:
 *
 * Returns: whether the bytes so far hold no part of a further input
 */
gboolean qmp_parser_is_idle (QmpParser *self);

G_END_DECLS
