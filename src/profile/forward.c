/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the text form of forwards and of IPv4 addresses in it. */
#include "profile/forward.h"

#include "base/quantity.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define SHAPE "write it as tcp:127.0.0.1:8080-:80 as web"

/* in dotted decimal, as 10.0.2.15 */
static gboolean
ipv4_is_valid (const char *text)
{
    struct in_addr address;

    return inet_pton (AF_INET, text, &address) == 1;
}

gboolean
ipv4_cidr_is_valid (const char *text)
{
    g_auto (GStrv) parts = g_strsplit (text, "/", 2);
    gint64 bits;

    return g_strv_length (parts) == 2 && ipv4_is_valid (parts[0]) &&
           quantity_parse_int (parts[1], 1, 30, &bits);
}

/* `PORT` or `ADDRESS:PORT`; an address that is not given at all is %NULL */
static gboolean
parse_end (const char *text, const char *which, int min_port, char **ret_address, int *ret_port,
           char **ret_problem)
{
    const char *colon = strrchr (text, ':'), *port = colon ? colon + 1 : text;
    g_autofree char *address = colon ? g_strndup (text, colon - text) : NULL;
    gint64 number;

    if (address && *address && !ipv4_is_valid (address)) {
        g_autofree char *quoted = text_quote (address);

        *ret_problem = g_strdup_printf ("the %s address %s is not an IPv4 address, as 127.0.0.1",
                                        which, quoted);
        return FALSE;
    }
    if (strspn (port, "0123456789") != strlen (port) ||
        !quantity_parse_int (port, min_port, 65535, &number)) {
        g_autofree char *quoted = text_quote (port);

        *ret_problem = g_strdup_printf ("the %s port %s is not a number from %d to 65535", which,
                                        quoted, min_port);
        return FALSE;
    }
    *ret_address = g_steal_pointer (&address);
    *ret_port = (int)number;
    return TRUE;
}

/* Cuts ` as NAME` off @text. */
static gboolean
parse_name (char *text, Forward *forward, char **ret_problem)
{
    g_auto (GStrv) words = NULL;
    char *space = strpbrk (text, " \t");

    if (!space)
        return TRUE;
    *space = '\0';
    words = g_strsplit_set (g_strstrip (space + 1), " \t", -1);
    if (g_strv_length (words) != 2 || !g_str_equal (words[0], "as")) {
        g_autofree char *quoted = text_quote (space + 1);

        *ret_problem =
            g_strdup_printf ("%s after the ports is not of the form \"as NAME\"", quoted);
        return FALSE;
    }
    if (!name_is_valid (words[1])) {
        g_autofree char *quoted = text_quote (words[1]);

        *ret_problem =
            g_strdup_printf ("%s cannot name a forward; use letters, digits, - and _", quoted);
        return FALSE;
    }
    forward->name = g_strdup (words[1]);
    return TRUE;
}

static gboolean
parse_proto (const char *text, Forward *forward, char **ret_problem)
{
    for (int i = 0; forward_proto_names[i]; i++) {
        if (g_str_equal (text, forward_proto_names[i])) {
            forward->proto = (ForwardProto)i;
            return TRUE;
        }
    }
    *ret_problem = g_strdup_printf ("begins with neither tcp: nor udp:; " SHAPE);
    return FALSE;
}

Forward *
forward_parse (const char *text, char **ret_problem)
{
    g_autofree char *copy = g_strstrip (g_strdup (text)), *guest_address = NULL;
    Forward *forward = model_forward_new ();
    char *host = strchr (copy, ':'), *guest;

    if (!parse_name (copy, forward, ret_problem))
        goto wrong;
    if (host)
        *host++ = '\0';
    if (!parse_proto (copy, forward, ret_problem))
        goto wrong;
    guest = host ? strchr (host, '-') : NULL;
    if (!guest) {
        *ret_problem = g_strdup ("has no - between the host's port and the guest's; " SHAPE);
        goto wrong;
    }
    *guest++ = '\0';
    if (!parse_end (host, "host", 0, &forward->host_address, &forward->host_port, ret_problem) ||
        !parse_end (guest, "guest", 1, &guest_address, &forward->guest_port, ret_problem))
        goto wrong;
    if (!forward->host_address)
        forward->host_address = g_strdup ("127.0.0.1");
    if (guest_address && *guest_address)
        forward->guest_address = g_steal_pointer (&guest_address);
    return forward;

wrong:
    model_forward_free (forward);
    return NULL;
}
