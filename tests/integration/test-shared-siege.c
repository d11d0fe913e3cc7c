/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hostile clients of a shared socket in front of a real QEMU, by chance and all at once, with an
 * honest one among them.  Between the shared socket and QEMU stands a relay that reads with a
 * parser of somebody else's: what goes to QEMU is whole commands with an id and nothing else, and
 * QEMU never answers that it could not read something.
 *
 * ROOST_SIEGE_SEED and ROOST_SIEGE_ROUNDS choose another course, or a longer one. */
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fault/qmp-peer.h"
#include "integration/shared-rig.h"
#include "unit/tap.h"

#define CLIENTS 24
/* The address sanitizer keeps what is freed for a while. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX ((gsize)1 << 30)
#else
#define MEMORY_MAX ((gsize)160 << 20)
#endif

/* --- the relay --- */

typedef struct {
    int above, below;   /* the shared socket's end, and QEMU's */
    GString *up, *down; /* what is not a whole message yet: from above, from QEMU */
    guint commands;
    guint watches[2];
} Relay;

static void
write_all (int fd, const char *bytes, gsize length)
{
    while (length > 0) {
        gssize n = send (fd, bytes, length, MSG_NOSIGNAL);

        if (n <= 0)
            return; /* the other has gone; the end is told by its own side */
        bytes += n;
        length -= n;
    }
}

/* Returns: the length of the object that @text begins with; 0 when it is not whole yet */
static gsize
object_length (const char *text, gsize length)
{
    gboolean in_string = FALSE;
    int depth = 0;

    for (gsize i = 0; i < length; i++) {
        if (in_string) {
            i += text[i] == '\\';
            in_string = i >= length || text[i] != '"';
        } else if (text[i] == '"') {
            in_string = TRUE;
        } else {
            depth += text[i] == '{' || text[i] == '[';
            depth -= text[i] == '}' || text[i] == ']';
            if (depth == 0)
                return i + 1;
        }
    }
    return 0;
}

static void
check_command (const char *text, gsize length)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autofree char *shown = g_strndup (text, MIN (length, 200));
    JsonObject *object;

    ck_assert_msg (g_utf8_validate (text, (gssize)length, NULL), "not UTF-8: %s", shown);
    for (gsize i = 0; i < length; i++)
        ck_assert_msg ((guchar)text[i] >= 0x20, "a control character: %s", shown);
    ck_assert_msg (json_parser_load_from_data (parser, text, (gssize)length, NULL), "%s", shown);
    ck_assert_msg (JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)), "%s", shown);
    object = json_node_get_object (json_parser_get_root (parser));
    ck_assert_msg (json_object_has_member (object, "id"), "no id: %s", shown);
    ck_assert_msg (json_object_has_member (object, "execute") !=
                       json_object_has_member (object, "exec-oob"),
                   "no command: %s", shown);
}

static gboolean
on_above (int fd, GIOCondition condition, gpointer data)
{
    Relay *relay = data;
    char bytes[65536];
    gssize n = read (fd, bytes, sizeof bytes);
    gsize length;

    if (n <= 0) {
        relay->watches[0] = 0;
        return G_SOURCE_REMOVE;
    }
    g_string_append_len (relay->up, bytes, n);
    while (relay->up->len > 0) {
        if (strchr (" \r\n", relay->up->str[0])) {
            g_string_erase (relay->up, 0, 1);
            continue;
        }
        ck_assert_msg (relay->up->str[0] == '{', "no object: %.200s", relay->up->str);
        length = object_length (relay->up->str, relay->up->len);
        if (length == 0)
            break;
        check_command (relay->up->str, length);
        relay->commands++;
        g_string_erase (relay->up, 0, (gssize)length);
    }
    write_all (relay->below, bytes, n);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_below (int fd, GIOCondition condition, gpointer data)
{
    Relay *relay = data;
    GPollFD above = { .fd = relay->above, .events = G_IO_OUT };
    char bytes[16384]; /* fits, when there is room at all */
    const char *end;
    gssize n;

    if (g_poll (&above, 1, 0) <= 0) /* it is this main loop that reads there */
        return G_SOURCE_CONTINUE;
    n = read (fd, bytes, sizeof bytes);

    if (n <= 0) {
        relay->watches[1] = 0;
        return G_SOURCE_REMOVE;
    }
    g_string_append_len (relay->down, bytes, n);
    while ((end = strstr (relay->down->str, "\r\n"))) {
        ck_assert_msg (!g_str_has_prefix (relay->down->str, "{\"error\""),
                       "QEMU could not read something: %.200s", relay->down->str);
        g_string_erase (relay->down, 0, end + 2 - relay->down->str);
    }
    write_all (relay->above, bytes, n);
    return G_SOURCE_CONTINUE;
}

/* Puts the relay into the rig. */
static Relay *
relay_new (Rig *rig)
{
    Relay *relay = g_new0 (Relay, 1);
    Outcome outcome = { 0 };
    Talk *talk;
    int ends[2];

    shared_socket_set_upstream (rig->shared, NULL);
    qmp_client_close (rig->upstream, NULL);
    g_clear_object (&rig->upstream);
    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    talk = talk_new (rig->qemu->path);
    relay->below = dup (talk->fd);
    talk_free (talk);
    g_unix_set_fd_nonblocking (relay->below, FALSE, NULL);
    relay->above = ends[0];
    relay->up = g_string_new (NULL);
    relay->down = g_string_new (NULL);
    relay->watches[0] = g_unix_fd_add (relay->above, G_IO_IN | G_IO_HUP, on_above, relay);
    relay->watches[1] = g_unix_fd_add (relay->below, G_IO_IN | G_IO_HUP, on_below, relay);
    rig->upstream = qmp_client_new (QMP_CLIENT_WANT_OOB);
    qmp_client_connect_fd_async (rig->upstream, ends[1], 10000, NULL, outcome_connected, &outcome);
    ck_wait (outcome.n_calls);
    ck_assert (outcome.done);
    shared_socket_set_upstream (rig->shared, rig->upstream);
    return relay;
}

static void
relay_free (Relay *relay)
{
    for (int i = 0; i < 2; i++)
        if (relay->watches[i])
            g_source_remove (relay->watches[i]);
    close (relay->above);
    close (relay->below);
    g_string_free (relay->up, TRUE);
    g_string_free (relay->down, TRUE);
    g_free (relay);
}

/* --- what hostile clients do --- */

static const char *const PIECES[] = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "'",
    "\\",
    "\x01",
    "\xff",
    "\n",
    "-1e9",
    "1e400",
    "nul",
    "\\u",
    "\\ud83d",
    "\"id\"",
    "\"execute\"",
    "\xf0\x9f\x98",
    TALK_CAPS,
    TALK_CAPS_OOB,
    "{\"execute\":\"query-name\",\"id\":1}",
    "{\"execute\":\"query-name\",\"id\":{\"a\":[1e400,\"\\u0000\",'x']}}",
    "{\"execute\":\"query-commands\"}",
    "{\"exec-oob\":\"query-yank\",\"id\":2}",
    "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"f\"}}",
    "{\"execute\":\"add-fd\",\"arguments\":{\"opaque\":\"\xc3\xa9\\u0000\"}}",
    "{\"execute\":\"stop\"}{\"execute\":\"cont\"}",
    "{\"execute\":\"qom-get\",\"arguments\":{\"path\":'\\'\"/',\"property\":\"\\ud83d\\ude00\"}}",
    "{\"execute\":\"qom-get\",\"arguments\":{\"path\":[1.50,-0,1E5,18446744073709551616,{}]}}",
    "{\"execute\":\"no\\u0000such\"}",
};

static void
send_by_chance (Talk *talk, GRand *random)
{
    g_autoptr (GString) in = g_string_new (NULL);
    int fds[20] = { 0 };
    guint n_fds = g_rand_int_range (random, 0, 4) ? 0 : g_rand_int_range (random, 1, 20);
    gboolean bytes = g_rand_int_range (random, 0, 4) == 0;

    for (int n = g_rand_int_range (random, 1, 60); n > 0; n--) {
        if (bytes)
            g_string_append_c (in, (char)g_rand_int (random));
        else
            g_string_append (in, PIECES[g_rand_int_range (random, 0, G_N_ELEMENTS (PIECES))]);
    }
    /* the ceilings make the other end stop reading: what it does not take is not sent */
    {
        struct iovec vector = { in->str, in->len };
        union {
            char bytes[CMSG_SPACE (sizeof fds)];
            struct cmsghdr align;
        } control = { 0 };
        struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

        if (n_fds) {
            struct cmsghdr *header;

            message.msg_control = control.bytes;
            message.msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
            header = CMSG_FIRSTHDR (&message);
            *header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
                                        .cmsg_type = SCM_RIGHTS,
                                        .cmsg_len = CMSG_LEN (n_fds * sizeof (int)) };
            memcpy (CMSG_DATA (header), fds, n_fds * sizeof (int));
        }
        sendmsg (talk->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

/* Reads on, stops reading, sends, leaves, comes back. */
static void
act_by_chance (Rig *rig, Talk **talk, GRand *random)
{
    if (!*talk) {
        *talk = talk_new (g_rand_int_range (random, 0, 5) ? rig->path : rig->observer_path);
        if (g_rand_int_range (random, 0, 3))
            talk_say (*talk, g_rand_boolean (random) ? TALK_CAPS : TALK_CAPS_OOB);
        if (g_rand_int_range (random, 0, 4) == 0) {
            g_source_remove ((*talk)->watch);
            (*talk)->watch = 0;
        }
        return;
    }
    if ((*talk)->ended || g_rand_int_range (random, 0, 12) == 0) {
        g_clear_pointer (talk, talk_free);
        return;
    }
    g_string_truncate ((*talk)->got, 0);
    (*talk)->at = 0;
    send_by_chance (*talk, random);
}

static gsize
resident (void)
{
    g_autofree char *text = NULL;
    unsigned long size = 0, pages = 0;

    g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
    ck_assert_int_eq (sscanf (text, "%lu %lu", &size, &pages), 2);
    return pages * (gsize)sysconf (_SC_PAGESIZE);
}

static guint
number_from (const char *name, guint otherwise)
{
    const char *text = g_getenv (name);

    return text ? (guint)g_ascii_strtoull (text, NULL, 10) : otherwise;
}

/* The honest client among them is answered, beside events. */
static void
expect_answer (Talk *honest, guint round)
{
    g_autofree char *in = g_strdup_printf ("{\"execute\":\"query-name\",\"id\":%u}", round);
    g_autofree char *out = g_strdup_printf ("{\"return\": {}, \"id\": %u}", round);

    talk_say (honest, in);
    for (;;) {
        g_autofree char *line = talk_line (honest);

        ck_assert_pstr_ne (line, NULL);
        if (g_str_has_prefix (line, "{\"timestamp\""))
            continue;
        ck_assert_str_eq (line, out);
        break;
    }
    g_string_truncate (honest->got, 0);
    honest->at = 0;
}

static guint
count_clients (Rig *rig)
{
    SharedStats stats;

    shared_socket_get_stats (rig->shared, &stats);
    return stats.clients;
}

START_TEST (by_chance_and_all_at_once)
{
    g_autoptr (Rig) rig = rig_new (RIG_SHARED);
    g_autoptr (GRand) random = g_rand_new_with_seed (number_from ("ROOST_SIEGE_SEED", 17));
    guint rounds = number_from ("ROOST_SIEGE_ROUNDS", 60);
    Relay *relay = relay_new (rig);
    g_autoptr (Talk) honest = talk_ready (rig->path, TALK_CAPS);
    Talk *talks[CLIENTS] = { NULL };
    gsize before = resident ();

    for (guint round = 0; round < rounds; round++) {
        for (int i = 0; i < CLIENTS; i++)
            act_by_chance (rig, &talks[i], random);
        expect_answer (honest, round);
        ck_assert_uint_lt (resident () - MIN (before, resident ()), MEMORY_MAX);
    }
    for (int i = 0; i < CLIENTS; i++)
        g_clear_pointer (&talks[i], talk_free);
    ck_wait (count_clients (rig) == 1);
    expect_answer (honest, rounds);
    ck_assert_uint_gt (relay->commands, rounds);
    printf ("# %u commands reached QEMU\n", relay->commands);
    relay_free (relay);
}
END_TEST

static Suite *
siege_suite (void)
{
    Suite *suite = suite_create ("shared-siege");
    TCase *tests = tcase_create ("hostile clients in front of QEMU");

    tcase_set_timeout (tests, (double)number_from ("ROOST_SIEGE_SECONDS", 300));
    tcase_add_test (tests, by_chance_and_all_at_once);
    suite_add_tcase (suite, tests);
    return suite;
}

int
main (void)
{
    if (skip_without (RIG_QEMU))
        return EXIT_SUCCESS;
    return run_tap (siege_suite ());
}
