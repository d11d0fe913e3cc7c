/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the arguments of qmp_capabilities: what they must be, in which order QEMU looks at them,
 * and what it says of them. */
#include "qmp/qmp-request.h"

#include <string.h>

#include "qmp/qmp-text.h"

/* What follows reads JSON that the parser wrote: strict, minified, nested no deeper than its
 * limit.  Returns: where the value at @at ends */
static const char *
skip_value (const char *at)
{
    gboolean in_string = FALSE;
    int depth = 0;

    for (;; at++) {
        if (in_string) {
            if (*at == '\\')
                at++;
            else if (*at == '"')
                in_string = FALSE;
        } else if (*at == '"') {
            in_string = TRUE;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (*at == '}' || *at == ']') {
            depth--;
        }
        if (depth == 0 && !in_string && (!at[1] || strchr (",:]}", at[1])))
            return at + 1;
    }
}

/* Reads the string at @at, which ends at @end. */
static char *
read_string (const char *at, const char *end)
{
    g_autofree char *token = g_strndup (at, end - at);
    GString *value = g_string_new (NULL);

    g_free (qmp_text_string (token, NULL, value));
    return g_string_free (value, FALSE);
}

static char *
check_capability (const char *at, const char *end, guint index)
{
    g_autofree char *name = NULL;

    if (*at != '"')
        return g_strdup_printf ("Invalid parameter type for 'enable[%u]', expected: string", index);
    name = read_string (at, end);
    if (strcmp (name, "oob"))
        return g_strdup_printf ("Parameter 'null' does not accept value '%s'", name);
    return NULL;
}

/* @n: (out): how often "oob" is asked for */
static char *
check_list (const char *at, guint *n)
{
    if (*at != '[')
        return g_strdup ("Invalid parameter type for 'enable', expected: array");
    for (at++; *at != ']'; at += *at == ',') {
        const char *end = skip_value (at);
        char *wrong = check_capability (at, end, (*n)++);

        if (wrong)
            return wrong;
        at = end;
    }
    return NULL;
}

/* @arguments: an object.  @unexpected: (out): the first member that should not be there */
static const char *
find_enable (const char *arguments, char **unexpected)
{
    const char *found = NULL;

    for (const char *at = arguments + 1; *at != '}'; at += *at == ',') {
        const char *end = skip_value (at);
        g_autofree char *key = read_string (at, end);

        if (!strcmp (key, "enable"))
            found = end + 1;
        else if (!*unexpected)
            *unexpected = g_steal_pointer (&key);
        at = skip_value (end + 1);
    }
    return found;
}

static char *
check_arguments (const char *arguments, guint *n)
{
    g_autofree char *unexpected = NULL;
    const char *enable = find_enable (arguments, &unexpected);
    char *wrong = enable ? check_list (enable, n) : NULL;

    if (!wrong && unexpected)
        wrong = g_strdup_printf ("Parameter '%s' is unexpected", unexpected);
    return wrong;
}

gboolean
qmp_request_negotiate (const QmpRequest *request, gboolean done, gboolean offer_oob, gboolean *oob,
                       QmpFault *fault)
{
    guint n = 0;

    *fault = (QmpFault){ .error_class = QMP_CLASS_GENERIC };
    if (request->oob)
        fault->description = g_strdup ("The command qmp_capabilities does not support OOB");
    else if (request->arguments)
        fault->description = check_arguments (request->arguments, &n);
    if (fault->description)
        return FALSE;
    if (done) {
        fault->error_class = QMP_CLASS_NOT_FOUND;
        fault->description =
            g_strdup ("Capabilities negotiation is already complete, command ignored");
        return FALSE;
    }
    if (n > 0 && !offer_oob) {
        GString *names = g_string_new ("Capability oob");

        while (--n)
            g_string_append (names, ", oob");
        g_string_append (names, " not available");
        fault->description = g_string_free (names, FALSE);
        return FALSE;
    }
    *oob = n > 0;
    return TRUE;
}
