/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the negotiation between a client and QEMU: what is asked for when the peer has greeted, and
 * which of the replies is the answer.
 */
#include "qmp/qmp-client-private.h"

#include <string.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-source.h"

/* A command that reaches QEMU between its two greetings (see qmp_handshake_greeted ()) is
 * forgotten: after this long it is sent again, then after twice as long. */
#define RENEGOTIATE_MS 2000

static void ask_again_in (QmpClient *self, guint ms);

static void
send_negotiation (QmpClient *self)
{
    static const char enable_oob[] = "{\"enable\":[\"oob\"]}";
    g_autoptr (GBytes) command = NULL;

    self->negotiation_id = qmp_calls_next_id (self->calls);
    command =
        qmp_command_build ("qmp_capabilities", self->wants_oob ? enable_oob : NULL,
                           self->wants_oob ? strlen (enable_oob) : 0, FALSE, self->negotiation_id);
    qmp_transport_send (self->transport, command, NULL);
}

/* A second reply, should both have been heard, belongs to nobody and is dropped. */
static gboolean
ask_again (gpointer user_data)
{
    QmpClient *self = user_data;

    self->impatience_ms *= 2;
    send_negotiation (self);
    ask_again_in (self, self->impatience_ms);
    return G_SOURCE_REMOVE;
}

static void
ask_again_in (QmpClient *self, guint ms)
{
    qmp_source_clear (&self->impatience);
    self->impatience_ms = ms;
    self->impatience = g_timeout_source_new (ms);
    g_source_set_callback (self->impatience, ask_again, self, NULL);
    g_source_attach (self->impatience, self->context);
}

/* A QEMU that starts with a client waiting already greets it twice, once in a thousand times, and
 * begins the negotiation anew: so do we.  Which of the two it answers is by chance. */
void
qmp_handshake_greeted (QmpClient *self, GBytes *bytes, const QmpMessage *greeting)
{
    gboolean first = self->state == QMP_CLIENT_GREETING;

    g_clear_pointer (&self->greeting, g_bytes_unref);
    self->greeting = g_bytes_ref (bytes);
    self->wants_oob = self->flags & QMP_CLIENT_WANT_OOB && qmp_message_offers (greeting, "oob");
    self->state = QMP_CLIENT_NEGOTIATING;
    send_negotiation (self);
    if (first)
        self->first_negotiation_id = self->negotiation_id;
    ask_again_in (self, RENEGOTIATE_MS);
}

/* QEMU gives a reply to whoever is connected when it is done, so one that came first may be that
 * of another client's command: only the id tells. */
void
qmp_handshake_answered (QmpClient *self, const QmpMessage *message)
{
    guint64 id = qmp_message_get_id (message);
    gboolean ours = id >= self->first_negotiation_id && id <= self->negotiation_id;

    if (!ours || (message->kind == QMP_MESSAGE_ERROR && id != self->negotiation_id)) {
        self->counters.unknown_replies++;
        return;
    }
    if (message->kind == QMP_MESSAGE_ERROR) {
        GError *error = qmp_error_new_from_json (message->body, message->body_length);

        g_prefix_error_literal (&error, "the peer refused the negotiation: ");
        qmp_connection_fail (self, error);
        return;
    }
    self->has_oob = self->wants_oob;
    qmp_connection_become_ready (self);
}
