/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpInput: one thing that a client sent: an object as strict JSON, another value, or what is
 * wrong. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

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

/**
 * qmp_input_add:
 * @key: the name of a member of the outermost object, in modified UTF-8
 * @json: its value, strict and minified
 */
void qmp_input_add (QmpInput *input, const char *key, QmpKind kind, const char *json, gsize length);

/**
 * qmp_member_name:
 *
 * Returns: (transfer none): what @member is called
 */
const char *qmp_member_name (QmpMember member);

G_END_DECLS
