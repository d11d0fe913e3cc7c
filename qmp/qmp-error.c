/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the error domain of QMP: a GError that keeps the class and the description of the peer,
 * also when its message is given a prefix later. */
#include "qmp/qmp-error.h"

#include "qmp/qmp-scan.h"

typedef struct {
    char *class_name;
    char *description;
} QmpErrorPrivate;

static void
qmp_error_private_init (QmpErrorPrivate *priv)
{
    priv->class_name = NULL;
    priv->description = NULL;
}

static void
qmp_error_private_copy (const QmpErrorPrivate *from, QmpErrorPrivate *to)
{
    to->class_name = g_strdup (from->class_name);
    to->description = g_strdup (from->description);
}

static void
qmp_error_private_clear (QmpErrorPrivate *priv)
{
    g_clear_pointer (&priv->class_name, g_free);
    g_clear_pointer (&priv->description, g_free);
}

G_DEFINE_EXTENDED_ERROR (QmpError, qmp_error)

static const char *const class_names[] = {
    [QMP_ERROR_GENERIC] = "GenericError",
    [QMP_ERROR_COMMAND_NOT_FOUND] = "CommandNotFound",
    [QMP_ERROR_DEVICE_NOT_ACTIVE] = "DeviceNotActive",
    [QMP_ERROR_DEVICE_NOT_FOUND] = "DeviceNotFound",
    [QMP_ERROR_KVM_MISSING_CAP] = "KVMMissingCap",
};

static QmpErrorCode
code_of_class (const char *class_name)
{
    for (guint i = 0; i < G_N_ELEMENTS (class_names); i++)
        if (g_strcmp0 (class_name, class_names[i]) == 0)
            return (QmpErrorCode)i;
    return QMP_ERROR_GENERIC;
}

const char *
qmp_error_get_class (const GError *error)
{
    if (!error || error->domain != QMP_ERROR)
        return NULL;
    return qmp_error_get_private (error)->class_name;
}

const char *
qmp_error_get_description (const GError *error)
{
    const char *description = NULL;

    g_return_val_if_fail (error != NULL, NULL);
    if (error->domain == QMP_ERROR)
        description = qmp_error_get_private (error)->description;
    return description ? description : error->message;
}

GError *
qmp_error_new_reply (const char *class_name, const char *description)
{
    GError *error = g_error_new_literal (QMP_ERROR, code_of_class (class_name), description);
    QmpErrorPrivate *priv = qmp_error_get_private (error);

    priv->class_name = g_strdup (class_name);
    priv->description = g_strdup (description);
    return error;
}

GError *
qmp_error_new_from_json (const char *json, gsize length)
{
    const QmpMember *class_member, *desc_member;
    g_autofree char *class_name = NULL, *description = NULL;
    GError *error = NULL;
    QmpObject object;

    if (!qmp_scan_object (json, length, QMP_SCAN_NON_FINITE, &object, &error))
        return error;
    class_member = qmp_object_find (&object, "class");
    desc_member = qmp_object_find (&object, "desc");
    if (class_member)
        class_name = qmp_slice_to_string (class_member->value, class_member->value_length);
    if (desc_member)
        description = qmp_slice_to_string (desc_member->value, desc_member->value_length);
    if (!class_name || !description)
        return g_error_new (QMP_ERROR, QMP_ERROR_PROTOCOL,
                            "the peer sent an error without class and description: %.*s",
                            (int)MIN (length, 200), json);
    return qmp_error_new_reply (class_name, description);
}
