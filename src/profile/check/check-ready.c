/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the checks of `ready`: what is waited for is something that this machine
 * can show. */
#include "profile/check/check.h"

#include "base/quantity.h"
#include "base/text.h"

static const char *const list_keys[] = { "tcp", "https", "serial", "qmp_event", NULL };

/* The forward that @text names or whose guest port it is. */
static const Forward *
find_forward (const Machine *machine, const char *text)
{
    gint64 port = 0;
    gboolean is_port = quantity_parse_int (text, 1, 65535, &port);

    for (guint i = 0; i < machine->forwards->len; i++) {
        const Forward *forward = g_ptr_array_index (machine->forwards, i);

        if (g_strcmp0 (forward->name, text) == 0)
            return forward;
    }
    for (guint i = 0; is_port && i < machine->forwards->len; i++) {
        const Forward *forward = g_ptr_array_index (machine->forwards, i);

        if (forward->proto == PROTO_TCP && forward->guest_port == port)
            return forward;
    }
    return NULL;
}

static void
check_forward (Check *check, const Machine *machine, const char *key, Place place, const char *text)
{
    const Forward *forward = find_forward (machine, text);
    CheckAt at = check_at_machine (machine);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *meant = NULL;

    if (forward && forward->proto == PROTO_TCP)
        return;
    if (forward) {
        check_fail_at (check, &at, key, place,
                       "the forward %s is udp, which cannot tell; name a tcp forward",
                       forward->name);
        return;
    }
    for (guint i = 0; i < machine->forwards->len; i++) {
        const Forward *other = g_ptr_array_index (machine->forwards, i);

        if (other->name)
            g_ptr_array_add (names, other->name);
    }
    g_ptr_array_add (names, NULL);
    meant = complain_suggest (check->complaints, text, (const char *const *)names->pdata);
    check_fail_at (check, &at, key, place,
                   "\"%s\" is neither the name nor the guest port of a tcp forward of this "
                   "machine%s",
                   text, *meant ? meant : "; add one, as tcp:127.0.0.1:0-:443 as https");
}

/* GLib says more, but in words that change with its version. */
static void
check_regex (Check *check, const Machine *machine, Place place, const char *text)
{
    g_autoptr (GRegex) regex = g_regex_new (text, 0, 0, NULL);
    g_autofree char *quoted = text_quote (text);
    CheckAt at = check_at_machine (machine);

    if (!regex)
        check_fail_at (check, &at, "ready.serial", place,
                       "%s is not a regular expression; close what it opens, and write \\ before "
                       "a character that is meant as itself",
                       quoted);
}

static gboolean
has_screen (const Machine *machine)
{
    return machine->video ? !g_str_equal (machine->video, "none")
                          : machine->display != DISPLAY_NONE;
}

static void
check_words (Check *check, const Machine *machine, const CheckAt *ready_at)
{
    const Ready *ready = machine->ready;
    CheckAt at = check_at_machine (machine);
    Place tcp = check_place (check, ready_at, "tcp"),
          https = check_place (check, ready_at, "https");
    Place serial = check_place (check, ready_at, "serial");
    /* a forward that is wrong may have been the one */
    gboolean forwards_are_known = !check_is_bad (check, &at, "forwards");

    for (gsize i = 0; forwards_are_known && ready->tcp && ready->tcp[i]; i++)
        check_forward (check, machine, "ready.tcp", tcp, ready->tcp[i]);
    for (gsize i = 0; forwards_are_known && ready->https && ready->https[i]; i++)
        check_forward (check, machine, "ready.https", https, ready->https[i]);
    for (gsize i = 0; ready->serial && ready->serial[i]; i++)
        check_regex (check, machine, serial, ready->serial[i]);
    if (ready->serial && machine->serials == 0)
        check_fail_at (check, &at, "ready.serial", serial,
                       "the machine has no serial port; set the machine's serial to 1 or more");
    if (ready->screen_stable_ms > 0 && !has_screen (machine))
        check_fail_at (check, &at, "ready.screen_stable",
                       check_place (check, ready_at, "screen_stable"),
                       "the machine has no screen; add video: std, or display: vnc");
}

void
check_ready (Check *check, const Machine *machine)
{
    const Ready *ready = machine->ready;
    CheckAt machine_at = check_at_machine (machine);
    CheckAt at = { .machine = machine, .data = ready };
    gboolean says_one;

    if (!ready || check_is_bad (check, &machine_at, "ready"))
        return;
    at.place = ready->place;
    says_one = check_said (check, &at, "screen_stable");
    for (gsize i = 0; list_keys[i]; i++) {
        GStrv words[] = { ready->tcp, ready->https, ready->serial, ready->qmp_event };

        if (words[i] && !words[i][0] && !check_is_bad (check, &at, list_keys[i])) {
            g_autofree char *key = g_strconcat ("ready.", list_keys[i], NULL);

            check_fail_at (check, &machine_at, key, check_place (check, &at, list_keys[i]),
                           "is empty; name what is waited for or remove the key");
        }
        says_one = says_one || check_said (check, &at, list_keys[i]);
    }
    if (!says_one)
        check_fail_at (check, &machine_at, "ready", at.place,
                       "says nothing to wait for; add tcp, https, serial, screen_stable or "
                       "qmp_event, as tcp: 443");
    check_words (check, machine, &at);
}
