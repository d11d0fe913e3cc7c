/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events: which are shown, and which one is waited for. */
#pragma once

#include "qmp/qmp-client.h"

typedef struct QmpWatch QmpWatch;

QmpWatch *qmp_watch_new (void);
void qmp_watch_free (QmpWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpWatch, qmp_watch_free)

/**
 * qmp_watch_show:
 * @patterns: (nullable): of names; NULL or empty = none
 * @members: (nullable): KEY=VALUE of the data, all of which an event must have
 */
void qmp_watch_show (QmpWatch *watch, const char *const *patterns, const char *const *members);
/* Returns: whether @event is shown */
gboolean qmp_watch_shows (const QmpWatch *watch, const QmpEvent *event);

/**
 * qmp_watch_last:
 * @n: at most so many
 *
 * Returns: (transfer full): lines for people: the last events, whether they were
 * shown or not, without a line end at the end; "" when there are none
 */
char *qmp_watch_last (const QmpWatch *watch, guint n);

/* Returns: (transfer full): the event on one line, for people */
char *qmp_watch_format (const QmpEvent *event);

/**
 * qmp_watch_mark:
 *
 * A command is about to be sent: only events from now on can be waited for.
 */
void qmp_watch_mark (QmpWatch *watch);

/**
 * qmp_watch_add:
 *
 * Remembers @event, for a wait that begins later and for qmp_watch_last().
 */
void qmp_watch_add (QmpWatch *watch, const QmpEvent *event);

/**
 * qmp_watch_take:
 * @pattern: of the name
 * @members: (array zero-terminated=1): KEY=VALUE of its data, with dots in KEY
 *
 * Returns: (transfer full) (nullable): the first event that fits and came since
 * the mark, as received; the next look begins behind it
 */
GBytes *qmp_watch_take (QmpWatch *watch, const char *pattern, const char *const *members);

/**
 * qmp_watch_matches:
 *
 * Returns: whether @event fits
 */
gboolean qmp_watch_matches (const QmpEvent *event, const char *pattern, const char *const *members);
