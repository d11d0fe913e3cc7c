/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person wrote as the arguments of a QMP command: a tree in which every
 * part knows where in the source it stands, and numbers keep all their digits.
 */
#pragma once

#include <glib.h>

typedef enum {
    QMP_NODE_WORD,   /* bare text after KEY=: the schema says what it is */
    QMP_NODE_STRING, /* in quotes */
    QMP_NODE_NUMBER,
    QMP_NODE_BOOL,
    QMP_NODE_NULL,
    QMP_NODE_ARRAY,
    QMP_NODE_OBJECT,
} QmpNodeKind;

typedef struct {
    QmpNodeKind kind;
    gsize start, end; /* bytes of the source */
    char *key;        /* of a member of an object; NULL elsewhere */
    gsize key_start, key_end;
    char *text;       /* scalars: what it says, a string without its quotes */
    char *json;       /* scalars but WORD: as it is sent */
    GPtrArray *items; /* ARRAY, OBJECT: owned nodes */
    gboolean dotted;  /* OBJECT made by dots in keys: may turn out to be a list */
} QmpNode;

/* @start, @end: where in the line it was written */
QmpNode *qmp_node_new (QmpNodeKind kind, gsize start, gsize end);
void qmp_node_free (QmpNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpNode, qmp_node_free)

/**
 * qmp_node_new_word:
 * @text: what was written
 *
 * Returns: (transfer full): a bare word
 */
QmpNode *qmp_node_new_word (const char *text, gsize start, gsize end);

/**
 * qmp_node_new_string:
 *
 * Returns: (transfer full): a string that says @text
 */
QmpNode *qmp_node_new_string (const char *text, gsize start, gsize end);

/**
 * qmp_node_find:
 * @object: (nullable): a node of any kind
 *
 * Returns: (transfer none) (nullable): the member @key
 */
QmpNode *qmp_node_find (const QmpNode *object, const char *key);

/**
 * qmp_node_set_key:
 *
 * Makes @node the member @key, which stands at @start to @end.
 */
void qmp_node_set_key (QmpNode *node, const char *key, gsize start, gsize end);

/* What is wrong with a line, and where. */
typedef struct {
    char *message; /* NULL = nothing */
    gsize start, end;
    gboolean open; /* the source ends inside quotes, brackets or a block */
} QmpFault;

void qmp_fault_clear (QmpFault *fault);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QmpFault, qmp_fault_clear)

/**
 * qmp_fault_set:
 *
 * Sets it unless it is set already.
 *
 * Returns: %FALSE, for the caller to return
 */
gboolean qmp_fault_set (QmpFault *fault, gsize start, gsize end, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/**
 * qmp_fault_format:
 * @source: what the offsets of @fault belong to
 *
 * Returns: (transfer full): the message, the line of the source, and a mark
 * below the place; no line end at its end
 */
char *qmp_fault_format (const QmpFault *fault, const char *source);
