/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the checks of screens, input devices and channels. */
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

void
check_screen (Check *check, const Machine *machine)
{
    CheckAt at = check_at_machine (machine);

    check_address (check, machine, &at);
    check_inputs (check, machine, &at);
    check_channels (check, machine, &at);
}
