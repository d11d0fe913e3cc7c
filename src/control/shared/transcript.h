/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of what passed through a machine's QMP connection: one JSON object on
 * each line, with the time and on whose behalf.
 *
 *   {"time":"2026-01-31T12:00:00.123456Z","client":3,"connected":{"pid":4711,"uid":0,"socket":"qmp"}}
 *   {"time":…,"client":3,"id":500123,"execute":"stop"}
 *   {"time":…,"event":{"timestamp":{…},"event":"STOP"}}
 *   {"time":…,"client":3,"id":500123,"return":{}}
 *   {"time":…,"client":"supervisor","id":500124,"execute":"cont"}
 *
 * Secrets are not in it (see secrets.h).  What is very long is left out and its
 * size is told.  The record is written with a delay of a fraction of a second and
 * never holds anything up; it is private to the user.
 */
#pragma once

#include "qmp/qmp-client.h"

typedef struct Transcript Transcript;

/**
 * transcript_new:
 * @path: the file, which is appended to; when it has grown, it becomes @path.1, in place of the
 *   one before
 *
 * Does nothing to the file system yet, and cannot fail: that nothing can be
 * recorded is said once, and is no reason not to run a machine.
 */
Transcript *transcript_new (const char *path);
/* Writes what is left. */
void transcript_free (Transcript *transcript);

/* A connection to the emulator begins, and ends. */
void transcript_began (Transcript *transcript, const char *greeting);
void transcript_ended (Transcript *transcript, const char *reason);

/* A line that went to the emulator or came from it */
void transcript_traffic (Transcript *transcript, const QmpTraffic *traffic);

/* Clients. @credentials: (nullable). @reason: (nullable): NULL when it left by itself */
void transcript_joined (Transcript *transcript, guint client, GCredentials *credentials,
                        gboolean observer);
void transcript_refused (Transcript *transcript, guint client, const char *command);
void transcript_left (Transcript *transcript, guint client, const char *reason);

/* Writes what is left now. */
void transcript_flush (Transcript *transcript);
