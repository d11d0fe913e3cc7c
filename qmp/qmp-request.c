/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the form of a command: its members and the word that names it. */
#include "qmp/qmp-request.h"

#include <unistd.h>

#include "qmp/qmp-text.h"

static char *
check_members (const QmpInput *input, gboolean oob)
{
    QmpKind execute = input->members[QMP_MEMBER_EXECUTE].kind;
    QmpKind exec_oob = input->members[QMP_MEMBER_EXEC_OOB].kind;
    QmpKind arguments = input->members[QMP_MEMBER_ARGUMENTS].kind;

    if (exec_oob != QMP_KIND_ABSENT && !oob)
        return g_strdup ("QMP input member 'exec-oob' is unexpected");
    for (QmpMember i = QMP_MEMBER_EXEC_OOB; i <= QMP_MEMBER_EXECUTE; i++)
        if (input->members[i].kind != QMP_KIND_ABSENT && input->members[i].kind != QMP_KIND_STRING)
            return g_strdup_printf ("QMP input member '%s' must be a string", qmp_member_name (i));
    if (execute != QMP_KIND_ABSENT && exec_oob != QMP_KIND_ABSENT)
        return g_strdup ("QMP input member 'execute' clashes with 'exec-oob'");
    if (arguments != QMP_KIND_ABSENT && arguments != QMP_KIND_OBJECT)
        return g_strdup ("QMP input member 'arguments' must be an object");
    if (input->unexpected)
        return g_strdup_printf ("QMP input member '%s' is unexpected", input->unexpected);
    if (execute == QMP_KIND_ABSENT && exec_oob == QMP_KIND_ABSENT)
        return g_strdup ("QMP input lacks member 'execute'");
    return NULL;
}

static char *
read_name (const char *json)
{
    GString *name = g_string_new (NULL);

    g_free (qmp_text_string (json, NULL, name)); /* is valid: the parser wrote it */
    return g_string_free (name, FALSE);
}

void
qmp_request_read (QmpInput *input, gboolean oob, QmpRequest *request, QmpFault *fault)
{
    QmpMember word = QMP_MEMBER_EXECUTE;

    *fault = (QmpFault){ .error_class = QMP_CLASS_GENERIC };
    if (input->error) {
        fault->description = g_strdup (input->error);
        return;
    }
    if (!input->is_object) {
        fault->description = g_strdup ("QMP input must be a JSON object");
        return;
    }
    request->id = g_steal_pointer (&input->members[QMP_MEMBER_ID].json);
    request->oob = input->members[QMP_MEMBER_EXECUTE].kind == QMP_KIND_ABSENT &&
                   input->members[QMP_MEMBER_EXEC_OOB].kind != QMP_KIND_ABSENT;
    fault->description = check_members (input, oob);
    if (fault->description)
        return;
    word = request->oob ? QMP_MEMBER_EXEC_OOB : QMP_MEMBER_EXECUTE;
    request->command = read_name (input->members[word].json);
    request->arguments = g_steal_pointer (&input->members[QMP_MEMBER_ARGUMENTS].json);
}

void
qmp_request_clear (QmpRequest *request)
{
    g_free (request->id);
    g_free (request->command);
    g_free (request->arguments);
    for (guint i = 0; request->fds && i < request->n_fds; i++)
        close (request->fds[i]);
    g_free (request->fds);
    *request = (QmpRequest){ 0 };
}
