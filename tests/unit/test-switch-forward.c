/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decision of the internal switch: VLAN matrix, tagging, learning. */
#include "switch/forward.h"

#include "unit/tap.h"

#include <string.h>

/* Every kind of port, two of each where it matters. */
enum {
    PLAIN_1,
    PLAIN_2,
    ACCESS_10,
    ACCESS_10_TOO,
    ACCESS_20,
    TRUNK_10_20,
    TRUNK_20_30,
    NATIVE_10, /* native 10, tagged 20 */
    NATIVE_30, /* native 30, tagged 10 and 30 itself */
    N_PORTS,
};

static const char *const names[N_PORTS] = {
    "plain1",     "plain2",     "access10", "access10too", "access20",
    "trunk10,20", "trunk20,30", "native10", "native30",
};

static PortVlans ports[N_PORTS];

static void
set_port (guint i, VlanMode mode, guint vlan, const char *trunk)
{
    ports[i] = (PortVlans){ .mode = mode, .vlan = vlan };
    ck_assert (vlan_set_parse (trunk, &ports[i].trunk) || !*trunk);
}

static void
setup (void)
{
    memset (ports, 0, sizeof ports);
    ports[ACCESS_10].mode = ports[ACCESS_10_TOO].mode = ports[ACCESS_20].mode = VLAN_ACCESS;
    ports[ACCESS_10].vlan = ports[ACCESS_10_TOO].vlan = 10;
    ports[ACCESS_20].vlan = 20;
    set_port (TRUNK_10_20, VLAN_TRUNK, 0, "10,20");
    set_port (TRUNK_20_30, VLAN_TRUNK, 0, "20,30");
    set_port (NATIVE_10, VLAN_TRUNK, 10, "20");
    set_port (NATIVE_30, VLAN_TRUNK, 30, "10,30");
}

/* Destination and source by number, tags outermost first, then a payload.  -1
 * ends the tags; a tag is a whole TCI. */
static gsize
make_frame (guint8 *frame, guint8 destination, guint8 source, const int *tags)
{
    const guint8 addresses[12] = { destination == 0xff ? 0xff : 2, 0, 0, 0, 0, destination,
                                   source == 0xff ? 0xff : 2,      0, 0, 0, 0, source };
    gsize at = 12;

    memcpy (frame, addresses, sizeof addresses);
    for (; tags && *tags >= 0; tags++) {
        frame[at++] = 0x81;
        frame[at++] = 0x00;
        frame[at++] = *tags >> 8;
        frame[at++] = *tags & 0xff;
    }
    frame[at++] = 0x08;
    frame[at++] = 0x00;
    memset (frame + at, 0x5a, 46);
    return at + 46;
}

/* Applies a form as the data path does; the result goes to @ret. */
static gsize
apply (const Forward *forward, ForwardForm form, const guint8 *frame, gsize length, guint8 *ret)
{
    gsize skip = form == FORM_POP || form == FORM_RETAG ? VLAN_TAG_LENGTH : 0;
    gsize add = form == FORM_PUSH || form == FORM_RETAG ? VLAN_TAG_LENGTH : 0;

    memcpy (ret, frame, 12);
    memcpy (ret + 12, forward->tag, add);
    memcpy (ret + 12 + add, frame + 12 + skip, length - 12 - skip);
    return length - skip + add;
}

/* One line for a broadcast: `name=` and what arrives there, `u` untagged or
 * the TCIs, for every port that gets it. */
static char *
describe_flood (guint ingress, const int *tags)
{
    g_autoptr (Fdb) fdb = fdb_new (1000, 1);
    g_autoptr (GString) text = g_string_new (NULL);
    guint8 frame[128];
    gsize length = make_frame (frame, 0xff, 1, tags);
    Forward forward;

    forward_decide (&ports[ingress], ingress, frame, length, fdb, 0, &forward);
    if (forward.verdict != FORWARD_OK)
        return g_strdup (forward.verdict == FORWARD_NO_VLAN ? "no-vlan" : "refused");
    ck_assert_int_eq (forward.port, -1);
    for (guint i = 0; i < N_PORTS; i++) {
        ForwardForm form = i == ingress ? FORM_NONE : forward_form (&forward, &ports[i]);
        guint8 out[132];
        gsize at = 12;

        if (form == FORM_NONE)
            continue;
        g_string_append_printf (text, "%s%s=", text->len ? " " : "", names[i]);
        if (form == FORM_NESTED) {
            g_string_append_c (text, '!');
            continue;
        }
        apply (&forward, form, frame, length, out);
        for (; out[at] == 0x81 && out[at + 1] == 0; at += 4)
            g_string_append_printf (text, "%s%x", at > 12 ? "." : "",
                                    (guint)out[at + 2] << 8 | out[at + 3]);
        if (at == 12)
            g_string_append_c (text, 'u');
        /* whatever happened to the tags, the payload is whole */
        ck_assert_uint_eq (out[at], 0x08);
        ck_assert_uint_eq (out[at + 2], 0x5a);
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
}

typedef struct {
    int ingress;
    int tags[3];
    const char *expected;
} FloodCase;

#define PCP 0xa000 /* priority 5 */

static const FloodCase flood_cases[] = {
    /* plain ports: among themselves, whatever the frame carries, untouched */
    { PLAIN_1, { -1 }, "plain2=u" },
    { PLAIN_1, { 10, -1 }, "plain2=a" },
    { PLAIN_2, { 0, -1 }, "plain1=0" },
    { PLAIN_1, { 20, 10, -1 }, "plain2=14.a" },
    { PLAIN_1, { 4095, -1 }, "plain2=fff" },
    /* access: untagged and priority-tagged only */
    { ACCESS_10, { -1 }, "access10too=u trunk10,20=a native10=u native30=a" },
    { ACCESS_20, { -1 }, "trunk10,20=14 trunk20,30=14 native10=14" },
    { ACCESS_10, { PCP, -1 }, "access10too=u trunk10,20=a00a native10=u native30=a00a" },
    { ACCESS_10, { 10, -1 }, "no-vlan" },
    { ACCESS_10, { 20, -1 }, "no-vlan" },
    { ACCESS_10, { 4095, -1 }, "no-vlan" },
    /* a priority tag over a VLAN tag must not become that VLAN anywhere */
    { ACCESS_10, { 0, 20, -1 }, "access10too=! trunk10,20=a.14 native10=! native30=a.14" },
    /* trunk without native: members only, and tagged only */
    { TRUNK_10_20, { 10, -1 }, "access10=u access10too=u native10=u native30=a" },
    { TRUNK_10_20, { PCP | 10, -1 }, "access10=u access10too=u native10=u native30=a00a" },
    { TRUNK_10_20, { 20, -1 }, "access20=u trunk20,30=14 native10=14" },
    { TRUNK_10_20, { 30, -1 }, "no-vlan" },
    { TRUNK_10_20, { -1 }, "no-vlan" },
    { TRUNK_10_20, { 0, -1 }, "no-vlan" },
    { TRUNK_10_20, { 4095, -1 }, "no-vlan" },
    { TRUNK_20_30, { 30, -1 }, "native30=u" },
    { TRUNK_20_30, { 10, -1 }, "no-vlan" },
    /* native: untagged in and out, and taken tagged as well */
    { NATIVE_10, { -1 }, "access10=u access10too=u trunk10,20=a native30=a" },
    { NATIVE_10, { 10, -1 }, "access10=u access10too=u trunk10,20=a native30=a" },
    { NATIVE_10, { 20, -1 }, "access20=u trunk10,20=14 trunk20,30=14" },
    { NATIVE_10, { 30, -1 }, "no-vlan" },
    { NATIVE_30, { -1 }, "trunk20,30=1e" },
    { NATIVE_30, { 30, -1 }, "trunk20,30=1e" },
    { NATIVE_30, { 10, -1 }, "access10=u access10too=u trunk10,20=a native10=u" },
    { NATIVE_30, { 20, -1 }, "no-vlan" },
    /* two tags: the inner one never comes to light */
    { TRUNK_10_20, { 10, 20, -1 }, "access10=! access10too=! native10=! native30=a.14" },
    { TRUNK_20_30, { 30, 10, -1 }, "native30=!" },
};

START_TEST (test_flood_matrix)
{
    const FloodCase *item = &flood_cases[_i];
    g_autofree char *text = describe_flood (item->ingress, item->tags);

    ck_assert_msg (g_strcmp0 (text, item->expected) == 0, "from %s, tag %d: got \"%s\", not \"%s\"",
                   names[item->ingress], item->tags[0], text, item->expected);
}
END_TEST

/* What VLAN a machine at port @i takes a frame with @tci (-1 = untagged) for. */
static guint
vlan_at (guint i, int tci)
{
    if (ports[i].mode == VLAN_PLAIN)
        return 0;
    return tci < 0 || (tci & 0xfff) == 0 ? ports[i].vlan : (guint)tci & 0xfff;
}

/* Every port, every VLAN, one and two tags: what leaves is in the VLAN in which
 * it came, at a port that carries that VLAN, seen with the eyes of both ends. */
START_TEST (test_no_leak)
{
    g_autoptr (Fdb) fdb = fdb_new (1000, 1);
    const int outer[] = { -1, 0, 10, 20, 30, 40, 4095 };
    guint8 frame[128], out[132];

    for (guint ingress = 0; ingress < N_PORTS; ingress++)
        for (guint t = 0; t < G_N_ELEMENTS (outer) * G_N_ELEMENTS (outer); t++) {
            int tags[3] = { outer[t / G_N_ELEMENTS (outer)], outer[t % G_N_ELEMENTS (outer)], -1 };
            gsize length = make_frame (frame, 0xff, 1, tags);
            Forward forward;

            forward_decide (&ports[ingress], ingress, frame, length, fdb, 0, &forward);
            if (forward.verdict != FORWARD_OK)
                continue;
            ck_assert_uint_eq (forward.vlan, vlan_at (ingress, tags[0]));
            for (guint i = 0; i < N_PORTS; i++) {
                ForwardForm form = forward_form (&forward, &ports[i]);
                int tci = -1;

                if (i == ingress || form == FORM_NONE || form == FORM_NESTED)
                    continue;
                apply (&forward, form, frame, length, out);
                if (out[12] == 0x81 && out[13] == 0)
                    tci = out[14] << 8 | out[15];
                ck_assert_uint_eq (vlan_at (i, tci), forward.vlan);
                if (ports[i].mode == VLAN_ACCESS)
                    ck_assert_int_eq (tci, -1);
                if (ports[i].mode == VLAN_TRUNK && tci >= 0)
                    ck_assert (vlan_set_has (&ports[i].trunk, tci & 0xfff));
            }
        }
}
END_TEST

static Forward
decide (Fdb *fdb, guint ingress, guint8 destination, guint8 source)
{
    guint8 frame[128];
    gsize length = make_frame (frame, destination, source, NULL);
    Forward forward;

    forward_decide (&ports[ingress], ingress, frame, length, fdb, 0, &forward);
    return forward;
}

START_TEST (test_learning)
{
    g_autoptr (Fdb) fdb = fdb_new (1000, 1);

    ck_assert_int_eq (decide (fdb, ACCESS_10, 2, 1).port, -1);
    ck_assert_int_eq (decide (fdb, ACCESS_10_TOO, 1, 2).port, ACCESS_10);
    ck_assert_int_eq (decide (fdb, ACCESS_10, 2, 1).port, ACCESS_10_TOO);
    ck_assert_int_eq (decide (fdb, ACCESS_10, 0xff, 1).port, -1);
    /* to itself: the caller sends nothing back to the port it came from */
    ck_assert_int_eq (decide (fdb, ACCESS_10, 1, 3).port, ACCESS_10);
    /* the same address in another VLAN is another address */
    ck_assert_int_eq (decide (fdb, ACCESS_20, 1, 2).port, -1);
    ck_assert_int_eq (decide (fdb, ACCESS_20, 1, 2).learned, FDB_KNOWN);
    ck_assert_int_eq (decide (fdb, ACCESS_10, 2, 1).port, ACCESS_10_TOO);
}
END_TEST

START_TEST (test_refusals)
{
    g_autoptr (Fdb) fdb = fdb_new (1000, 1);
    const int tags[] = { 10, -1 };
    guint8 frame[128];
    gsize length = make_frame (frame, 2, 1, tags);
    Forward forward;

    for (gsize cut = 0; cut < FRAME_MIN; cut++) {
        forward_decide (&ports[PLAIN_1], PLAIN_1, frame, cut, fdb, 0, &forward);
        ck_assert_int_eq (forward.verdict, FORWARD_RUNT);
    }
    /* a tag cut short, where tags are read */
    for (gsize cut = FRAME_MIN; cut < FRAME_MIN + VLAN_TAG_LENGTH; cut++) {
        forward_decide (&ports[TRUNK_10_20], TRUNK_10_20, frame, cut, fdb, 0, &forward);
        ck_assert_int_eq (forward.verdict, FORWARD_RUNT);
        forward_decide (&ports[PLAIN_1], PLAIN_1, frame, cut, fdb, 0, &forward);
        ck_assert_int_eq (forward.verdict, FORWARD_OK);
    }
    forward_decide (&ports[TRUNK_10_20], TRUNK_10_20, frame, FRAME_MIN + 4, fdb, 0, &forward);
    ck_assert_int_eq (forward.verdict, FORWARD_OK);

    ck_assert_int_eq (decide (fdb, PLAIN_1, 2, 0xff).verdict, FORWARD_BAD_SOURCE);
    length = make_frame (frame, 2, 0, NULL);
    memset (frame + 6, 0, 6);
    forward_decide (&ports[PLAIN_1], PLAIN_1, frame, length, fdb, 0, &forward);
    ck_assert_int_eq (forward.verdict, FORWARD_BAD_SOURCE);
}
END_TEST

/* What is refused must not teach the switch an address. */
START_TEST (test_refused_is_not_learned)
{
    g_autoptr (Fdb) fdb = fdb_new (1000, 1);
    const int tags[] = { 20, -1 };
    guint8 frame[128];
    gsize length = make_frame (frame, 0xff, 1, tags);
    Forward forward;

    forward_decide (&ports[ACCESS_10], ACCESS_10, frame, length, fdb, 0, &forward);
    ck_assert_int_eq (forward.verdict, FORWARD_NO_VLAN);
    decide (fdb, PLAIN_1, 2, 0xff);
    ck_assert_uint_eq (fdb_size (fdb, 0), 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("switch-forward");
    TCase *rules = tcase_create ("rules");

    tcase_add_checked_fixture (rules, setup, NULL);
    tcase_add_loop_test (rules, test_flood_matrix, 0, G_N_ELEMENTS (flood_cases));
    tcase_add_test (rules, test_no_leak);
    tcase_add_test (rules, test_learning);
    tcase_add_test (rules, test_refusals);
    tcase_add_test (rules, test_refused_is_not_learned);
    suite_add_tcase (suite, rules);
    return run_tap (suite);
}
