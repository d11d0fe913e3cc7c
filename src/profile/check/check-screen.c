/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the checks of how people come to a machine: screens, input devices, channels
 * and ssh. */
#include "profile/check/check.h"

#include "base/quantity.h"
#include "base/text.h"

#include <string.h>

/* display number 0 of VNC */
#define VNC_PORT_MIN 5900
#define CHANNEL_NAME_MAX 64

static void
check_address (Check *check, const Machine *machine, const CheckAt *at)
{
    const char *text = machine->display_address;
    const char *colon = text ? strrchr (text, ':') : NULL;
    gint64 port;

    if (!text)
        return;
    if (machine->display == DISPLAY_NONE)
        check_fail (check, at, "display_address",
                    "there is no screen to show; add display: vnc or display: spice");
    else if (!colon || colon == text || !quantity_parse_int (colon + 1, 1, 65535, &port))
        check_fail (check, at, "display_address",
                    "\"%s\" is not an address with a port (try 127.0.0.1:5901)", text);
    else if (machine->display == DISPLAY_VNC && port < VNC_PORT_MIN)
        check_fail (check, at, "display_address", "VNC counts its ports from %d; take that or more",
                    VNC_PORT_MIN);
}

static void
check_inputs (Check *check, const Machine *machine, const CheckAt *at)
{
    static const char *const words[] = { "usb-tablet", "usb-mouse", "usb-keyboard", NULL };

    for (gsize i = 0; machine->inputs[i]; i++) {
        g_autofree char *meant = NULL;

        if (g_strv_contains (words, machine->inputs[i]))
            continue;
        meant = complain_suggest (check->complaints, machine->inputs[i], words);
        check_fail (check, at, "inputs", "\"%s\" is none of usb-tablet, usb-mouse, usb-keyboard%s",
                    machine->inputs[i], meant);
    }
}

/* a channel is a name in paths and in option strings */
static gboolean
is_channel_name (const char *name)
{
    return g_ascii_isalnum (*name) && strlen (name) <= CHANNEL_NAME_MAX &&
           strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               strlen (name);
}

static void
check_channels (Check *check, const Machine *machine, const CheckAt *at)
{
    for (gsize i = 0; machine->channels[i]; i++) {
        const char *name = machine->channels[i];
        g_autofree char *quoted = text_quote (name);

        if (!is_channel_name (name))
            check_fail (check, at, "channels",
                        "%s cannot be the name of a channel: letters, digits, `.`, `-` and `_`",
                        quoted);
        else if (strcmp (name, "spicevmc") == 0 && machine->display != DISPLAY_SPICE)
            check_fail (check, at, "channels", "spicevmc is SPICE's; add display: spice");
        for (gsize k = 0; k < i; k++)
            if (strcmp (machine->channels[k], name) == 0)
                check_fail (check, at, "channels", "%s is there twice; remove one", quoted);
    }
}

/* both become values of options of ssh's, in which % begins a word of its own */
static void
check_ssh (Check *check, const Machine *machine, const CheckAt *at)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@-";
    const struct {
        const char *key;
        const char *text;
    } rows[] = { { "user", machine->ssh.user }, { "address", machine->ssh.address } };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
        const char *text = rows[i].text;
        g_autofree char *quoted = text ? text_quote (text) : NULL;
        g_autofree char *key = g_strconcat ("ssh.", rows[i].key, NULL);
        const Node *node = binder_said (check->binder, &machine->ssh, rows[i].key);

        if (text && (!g_ascii_isalnum (*text) || text[strspn (text, allowed)]))
            check_fail_at (check, at, key, node ? node->place : at->place,
                           "%s is not the name of a %s", quoted, i == 0 ? "user" : "host");
    }
}

void
check_screen (Check *check, const Machine *machine)
{
    CheckAt at = check_at_machine (machine);

    check_address (check, machine, &at);
    check_inputs (check, machine, &at);
    check_channels (check, machine, &at);
    check_ssh (check, machine, &at);
}
