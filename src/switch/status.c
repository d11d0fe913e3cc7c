/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the control socket, its clients, and the form of what they are told. */
#include "switch/status.h"

#include "base/error.h"
#include "base/record.h"
#include "switch/watch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Limits: clients that have not yet taken their document, and addresses named
 * in one.  A client beyond them takes the place of the one that dawdled
 * longest, so that no timer is needed to be rid of it. */
#define MAX_CLIENTS 8
#define MAX_MACS 4096

typedef struct {
    int fd; /* -1 = free slot */
    char *text;
    gsize length;
    gsize written;
    guint64 serial; /* counts accepted clients */
} Client;

struct StatusServer {
    Relay *relay;
    BoundSocket listener;
    guint64 serial;
    Client clients[MAX_CLIENTS];
};

typedef struct {
    const char *name;
    gsize offset;
} Counter;

static const Counter port_counters[] = {
    { "rx_frames", offsetof (PortCounters, rx_frames) },
    { "rx_bytes", offsetof (PortCounters, rx_bytes) },
    { "rx_errors", offsetof (PortCounters, rx_errors) },
    { "tx_frames", offsetof (PortCounters, tx_frames) },
    { "tx_bytes", offsetof (PortCounters, tx_bytes) },
    { "drops", offsetof (PortCounters, drops) },
};

static const Counter relay_counters[] = {
    { "flooded", offsetof (RelayCounters, flooded) },
    { "filtered", offsetof (RelayCounters, filtered) },
    { "learned", offsetof (RelayCounters, learned) },
    { "moved", offsetof (RelayCounters, moved) },
    { "fdb_full", offsetof (RelayCounters, fdb_full) },
    { "runts", offsetof (RelayCounters, runts) },
    { "too_long", offsetof (RelayCounters, too_long) },
    { "bad_sources", offsetof (RelayCounters, bad_sources) },
    { "no_vlan", offsetof (RelayCounters, no_vlan) },
    { "nested", offsetof (RelayCounters, nested) },
};

static void
set_counters (JsonObject *object, gconstpointer counters, const Counter *table, gsize n)
{
    for (gsize i = 0; i < n; i++)
        json_object_set_int_member (object, table[i].name,
                                    *(const guint64 *)((const char *)counters + table[i].offset));
}

static JsonObject *
describe_port (Port *port)
{
    static const char *const modes[] = { "plain", "access", "trunk" };
    const PortVlans *vlans = &port->options->vlans;
    g_autofree char *trunk = vlan_set_format (&vlans->trunk);
    JsonObject *object = json_object_new ();

    G_STATIC_ASSERT (G_N_ELEMENTS (modes) == VLAN_TRUNK + 1);
    json_object_set_string_member (object, "name", port->options->name);
    json_object_set_string_member (object, "mode", modes[vlans->mode]);
    json_object_set_int_member (object, "vlan", vlans->vlan);
    json_object_set_string_member (object, "trunk", trunk);
    json_object_set_boolean_member (object, "connected", port_probe (port));
    set_counters (object, &port->counters, port_counters, G_N_ELEMENTS (port_counters));
    json_object_set_int_member (object, "queued", port->queue.n_frames);
    json_object_set_int_member (object, "queued_bytes", port->queue.used);
    return object;
}

static JsonArray *
describe_macs (const Relay *relay, gint64 now)
{
    g_autoptr (GArray) list = fdb_list (relay->fdb, now, MAX_MACS);
    JsonArray *array = json_array_sized_new (list->len);

    for (guint i = 0; i < list->len; i++) {
        const FdbEntry *entry = &g_array_index (list, FdbEntry, i);
        g_autofree char *mac = mac_format (&entry->mac);
        JsonObject *object = json_object_new ();

        json_object_set_string_member (object, "mac", mac);
        json_object_set_int_member (object, "vlan", entry->vlan);
        json_object_set_string_member (object, "port", relay->ports[entry->port].options->name);
        json_object_set_int_member (object, "age", entry->age / 1000);
        json_array_add_object_element (array, object);
    }
    return array;
}

/* name, pid, ageing (ms), ports, macs, counters */
static JsonNode *
status_to_json (Relay *relay)
{
    gint64 now = relay_now ();
    JsonObject *root = json_object_new ();
    JsonObject *counters = json_object_new ();
    JsonArray *ports = json_array_sized_new (relay->n_ports);

    json_object_set_string_member (root, "name", relay->options->name);
    json_object_set_int_member (root, "pid", getpid ());
    json_object_set_double_member (root, "ageing", relay->options->ageing / 1000.0);
    for (guint i = 0; i < relay->n_ports; i++)
        json_array_add_object_element (ports, describe_port (&relay->ports[i]));
    json_object_set_array_member (root, "ports", ports);
    json_object_set_array_member (root, "macs", describe_macs (relay, now));
    json_object_set_int_member (counters, "macs", fdb_size (relay->fdb, now));
    set_counters (counters, &relay->counters, relay_counters, G_N_ELEMENTS (relay_counters));
    json_object_set_object_member (root, "counters", counters);
    return json_take_object (root);
}

static void
drop_client (Client *client)
{
    if (client->fd >= 0)
        close (client->fd); /* leaves the epoll set by this */
    g_free (client->text);
    *client = (Client){ .fd = -1 };
}

StatusServer *
status_server_new (Relay *relay, GError **error)
{
    g_autoptr (StatusServer) server = g_new0 (StatusServer, 1);

    server->relay = relay;
    server->listener = (BoundSocket)BOUND_SOCKET_INIT;
    for (guint i = 0; i < MAX_CLIENTS; i++)
        server->clients[i].fd = -1;
    if (!bound_socket_open (&server->listener, SOCK_STREAM, relay->options->control, error)) {
        g_prefix_error (error, "control socket: ");
        return NULL;
    }
    /* Edge-triggered: a connection that cannot be accepted for lack of
     * descriptors waits for the next one instead of waking us for ever. */
    if (!watch_add (relay->epoll, server->listener.fd, EPOLLIN | EPOLLET, WATCH_CONTROL, 0)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "watching the control socket: %s",
                     g_strerror (errno));
        return NULL;
    }
    return g_steal_pointer (&server);
}

void
status_server_free (StatusServer *server)
{
    if (!server)
        return;
    for (guint i = 0; i < MAX_CLIENTS; i++)
        drop_client (&server->clients[i]);
    bound_socket_close (&server->listener);
    g_free (server);
}

/* A free slot, or that of the client that came first. */
static guint
find_slot (const StatusServer *server)
{
    guint oldest = 0;

    for (guint i = 0; i < MAX_CLIENTS; i++) {
        if (server->clients[i].fd < 0)
            return i;
        if (server->clients[i].serial < server->clients[oldest].serial)
            oldest = i;
    }
    return oldest;
}

/* Writes what there is room for.  Returns whether more is to come. */
static gboolean
write_some (Client *client)
{
    while (client->written < client->length) {
        gssize n = send (client->fd, client->text + client->written,
                         client->length - client->written, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        client->written += n;
    }
    return FALSE;
}

static void
serve_client (StatusServer *server, int fd)
{
    g_autoptr (JsonNode) status = status_to_json (server->relay);
    g_autofree char *text = json_to_text (status);
    guint slot = find_slot (server);
    Client *client = &server->clients[slot];

    drop_client (client);
    *client = (Client){ .fd = fd, .serial = ++server->serial };
    client->text = g_strconcat (text, "\n", NULL);
    client->length = strlen (client->text);
    if (!write_some (client) || !watch_add (server->relay->epoll, fd, EPOLLOUT, WATCH_CLIENT, slot))
        drop_client (client);
}

void
status_server_accept (StatusServer *server)
{
    int fd;

    while ((fd = accept4 (server->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0 ||
           errno == EINTR || errno == ECONNABORTED)
        if (fd >= 0)
            serve_client (server, fd);
}

void
status_server_write (StatusServer *server, guint index)
{
    Client *client = &server->clients[index];

    /* The slot may have been emptied by an event of the same round. */
    if (client->fd >= 0 && !write_some (client))
        drop_client (client);
}
