/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine's transcript (control/shared/transcript.h) as a source: of events that are
 * over, and of commands to be sent again.
 */
#pragma once

#include "qmp/qmp-client.h"

/**
 * qmp_transcript_is_line:
 *
 * Returns: whether @line looks like one of a transcript
 */
gboolean qmp_transcript_is_line (const char *line);

/**
 * qmp_transcript_command:
 * @line: of a transcript
 *
 * Returns: (transfer full): the command of a client in it, to be sent again; ""
 * when it is no such line; %NULL with @error when the command was not kept whole
 */
char *qmp_transcript_command (const char *line, GError **error);

/**
 * qmp_transcript_events:
 * @path: the transcript; a file before it is read as well
 * @func: called with each event, the oldest first; returns whether it counts
 * @n: only the last so many of those that count
 *
 * Returns: (transfer full) (element-type utf8): the events as they came
 */
GPtrArray *qmp_transcript_events (const char *path, guint n,
                                  gboolean (*func) (const QmpEvent *event, gpointer user_data),
                                  gpointer user_data);
