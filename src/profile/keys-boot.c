/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the keys of what a machine starts with: its firmware. */
#include "profile/keys.h"

#include "profile/model.h"

#define NOWHERE KEY_NOWHERE
#define AT(field) G_STRUCT_OFFSET (STRUCT, field)

#define STRUCT Firmware
static const Key firmware_keys[] = {
    { "type", KEY_ENUM, AT (type), NOWHERE, .words = firmware_type_names, .initial = "uefi",
      .help =
          "What the machine starts with: the emulator's BIOS, a UEFI firmware that the host has "
          "for it, or one that boots only what is signed." },
    { "code", KEY_PATH, AT (code), NOWHERE, .unsaid = "found on the host",
      .help = "The firmware itself, which the machine cannot change." },
    { "vars", KEY_PATH, AT (vars), NOWHERE, .unsaid = "found on the host, with the firmware",
      .help = "Where the machine's own store of variables is copied from, once; it is kept over "
              "restarts, and roost start --reset-vars makes it anew." },
    { 0 }
};
#undef STRUCT

static gpointer
create_firmware (void)
{
    return model_firmware_new ();
}

const Section firmware_section = { "firmware",
                                   firmware_keys,
                                   sizeof (Firmware),
                                   create_firmware,
                                   NOWHERE,
                                   G_STRUCT_OFFSET (Firmware, place),
                                   0,
                                   TRUE };
