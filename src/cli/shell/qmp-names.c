/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the table of the arguments whose values are names of the machine. */
#include "cli/shell/qmp-complete.h"

/* Which arguments have names of the machine as their values.  The first row
 * that matches counts. */
static const struct {
    const char *command, *argument; /* patterns */
    QmpLiveKind kind;
} live_arguments[] = {
    { "device_add", "driver", QMP_LIVE_DRIVERS },
    { "device_add", "id", QMP_LIVE_NONE },
    { "*-list-properties", "typename", QMP_LIVE_DRIVERS },
    { "device_del", "id", QMP_LIVE_DEVICES },
    { "device-sync-config", "id", QMP_LIVE_DEVICES },
    { "object-del", "id", QMP_LIVE_OBJECTS },
    { "netdev_del", "id", QMP_LIVE_NETDEVS },
    { "set_link", "name", QMP_LIVE_NETDEVS },
    { "chardev-add", "id", QMP_LIVE_NONE },
    { "chardev-*", "id", QMP_LIVE_CHARDEVS },
    { "ringbuf-*", "device", QMP_LIVE_CHARDEVS },
    { "job-*", "id", QMP_LIVE_JOBS },
    { "block-job-*", "device", QMP_LIVE_JOBS },
    { "block-job-*", "id", QMP_LIVE_JOBS },
    { "qom-*", "path", QMP_LIVE_QOM },
    { "*", "qom-path", QMP_LIVE_QOM },
    { "snapshot-save", "tag", QMP_LIVE_NONE },
    { "snapshot-*", "tag", QMP_LIVE_SNAPSHOTS },
    { "*snapshot-delete-internal*", "name", QMP_LIVE_SNAPSHOTS },
    { "snapshot-*", "devices", QMP_LIVE_NODES },
    { "snapshot-*", "vmstate", QMP_LIVE_NODES },
    { "blockdev-add", "node-name", QMP_LIVE_NONE },
    { "blockdev-add", "*", QMP_LIVE_NONE }, /* references are told from their type */
    { "*", "node-name", QMP_LIVE_NODES },
    { "*", "node", QMP_LIVE_NODES },
    { "*", "*-node", QMP_LIVE_NODES },
    { "block*", "device", QMP_LIVE_NODES },
    { "eject", "device", QMP_LIVE_NODES },
    { "*", "device", QMP_LIVE_NODES },
    { "blockdev-*", "target", QMP_LIVE_NODES },
    { "blockdev-snapshot", "overlay", QMP_LIVE_NODES },
    { "blockdev-reopen", "file", QMP_LIVE_NODES },
    { "nbd-server-add", "device", QMP_LIVE_NODES },
    { "device_add", "drive", QMP_LIVE_NODES },
    { "*", "netdev", QMP_LIVE_NETDEVS },
    { "*", "chardev", QMP_LIVE_CHARDEVS },
    { "*", "memdev", QMP_LIVE_OBJECTS },
    { "*", "iothread", QMP_LIVE_OBJECTS },
    { "*", "throttle-group", QMP_LIVE_OBJECTS },
    { "*", "tls-creds", QMP_LIVE_OBJECTS },
    { "*", "key-secret", QMP_LIVE_OBJECTS },
};

QmpCandidate *
qmp_candidate_new (const char *text, const char *description, gboolean partial)
{
    QmpCandidate *candidate = g_new0 (QmpCandidate, 1);

    candidate->text = g_strdup (text);
    candidate->description = g_strdup (description);
    candidate->partial = partial;
    return candidate;
}

void
qmp_candidate_free (QmpCandidate *candidate)
{
    if (!candidate)
        return;
    g_free (candidate->text);
    g_free (candidate->description);
    g_free (candidate);
}

QmpLiveKind
qmp_live_kind_of (const char *command, const char *argument)
{
    for (gsize i = 0; i < G_N_ELEMENTS (live_arguments); i++)
        if (g_pattern_match_simple (live_arguments[i].command, command) &&
            g_pattern_match_simple (live_arguments[i].argument, argument))
            return live_arguments[i].kind;
    return QMP_LIVE_NONE;
}
