/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the world of the QmpClient tests; see client-world.h. */
#include "tests/fault/client-world.h"

#include <check.h>
#include <string.h>

#include "tests/unit/wait.h"

ClientWorld fix;

static void
count_event (QmpClient *client, QmpEvent *event, gpointer data)
{
    fix.n_events++;
}

static void
note_closed (QmpClient *client, const GError *reason, gpointer data)
{
    fix.n_closed++;
    for (guint i = 0; i < G_N_ELEMENTS (fix.calls); i++)
        fix.n_ended_first += fix.calls[i].n_calls;
    g_clear_error (&fix.reason);
    fix.reason = g_error_copy (reason);
}

static void
listen_to_client (void)
{
    g_signal_connect (fix.client, "event", G_CALLBACK (count_event), NULL);
    g_signal_connect (fix.client, "closed", G_CALLBACK (note_closed), NULL);
}

void
start (QmpClientFlags flags)
{
    fix.client = peer_connect (flags, &fix.peer);
    listen_to_client ();
}

void
setup (void)
{
    start (QMP_CLIENT_DEFAULT);
}

void
setup_oob (void)
{
    start (QMP_CLIENT_WANT_OOB);
}

void
begin (QmpClientFlags flags, guint timeout_ms)
{
    int fd;

    fix.client = qmp_client_new (flags);
    listen_to_client ();
    fix.peer = peer_new (&fd);
    qmp_client_connect_fd_async (fix.client, fd, timeout_ms, NULL, outcome_connected, &fix.outcome);
}

void
teardown (void)
{
    g_clear_object (&fix.client);
    g_clear_pointer (&fix.peer, peer_free);
    outcome_clear (&fix.outcome);
    g_clear_error (&fix.reason);
    for (guint i = 0; i < G_N_ELEMENTS (fix.calls); i++)
        outcome_clear (&fix.calls[i]);
    fix = (ClientWorld){ 0 };
}

void
expect_ready (void)
{
    ck_wait (fix.outcome.n_calls);
    ck_assert_msg (fix.outcome.done, "%s", fix.outcome.error ? fix.outcome.error->message : "");
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_READY);
}

void
call_with (const char *command, const char *arguments, const QmpCallOptions *options,
           GCancellable *cancellable, guint i)
{
    qmp_client_call_async (fix.client, command, arguments, arguments ? strlen (arguments) : 0,
                           options, cancellable, outcome_called, &fix.calls[i]);
}

guint64
start_calls (void)
{
    guint64 id;

    peer_call (fix.client, "query-name", &fix.calls[0]);
    peer_call (fix.client, "query-status", &fix.calls[1]);
    peer_call (fix.client, "query-uuid", &fix.calls[2]);
    ck_assert_uint_eq (qmp_client_get_n_pending (fix.client), 3);
    id = peer_expect (fix.peer, "query-name");
    peer_expect (fix.peer, "query-status");
    peer_expect (fix.peer, "query-uuid");
    return id;
}

void
expect_silence (void)
{
    wait_settle ();
    ck_assert_uint_eq (fix.peer->commands->len, 0);
}
