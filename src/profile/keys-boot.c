/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the keys of what a machine starts with: its firmware, and
 * the volumes that tell it who it is. */
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

#define STRUCT CloudInit
static const Key cloud_init_keys[] = {
    { "type", KEY_ENUM, AT (type), NOWHERE, .words = cloud_init_type_names, .initial = "nocloud",
      .help =
          "The kind of volume: nocloud is a CD called cidata, config-drive one called config-2, "
          "which ESXi reads." },
    { "keys", KEY_STRINGS, AT (keys), NOWHERE, .example = "[ssh-ed25519 AAAA... me]",
      .unsaid = "none", .help = "Public keys that may log in: short for user_data that says so." },
    { "user_data", KEY_DOCUMENT, AT (user_data), NOWHERE, .unsaid = "made from keys",
      .help = "The user data: a file, or the text itself, which has more than one line." },
    { "meta_data", KEY_DOCUMENT, AT (meta_data), NOWHERE,
      .unsaid = "made from the names of lab and machine",
      .help = "The meta data, in the same two ways." },
    { "network_config", KEY_DOCUMENT, AT (network_config), NOWHERE, .unsaid = "none",
      .help = "The network configuration, in the same two ways." },
    { 0 }
};
#undef STRUCT

#define STRUCT Kickstart
static const Key kickstart_keys[] = {
    { "file", KEY_DOCUMENT, AT (file), NOWHERE, .required = TRUE, .example = "ks.cfg",
      .help = "The answers: a file, or the text itself, which has more than one line." },
    { "volume", KEY_ENUM, AT (volume), NOWHERE, .words = volume_type_names, .initial = "cdrom",
      .help = "What the file is on: cdrom is for ks=cdrom:/KS.CFG, usb for ks=usb:/KS.CFG." },
    { 0 }
};
#undef STRUCT

static gpointer
create_cloud_init (void)
{
    return model_cloud_init_new ();
}

static gpointer
create_kickstart (void)
{
    return model_kickstart_new ();
}

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

const Section cloud_init_section = { "cloud_init",
                                     cloud_init_keys,
                                     sizeof (CloudInit),
                                     create_cloud_init,
                                     NOWHERE,
                                     G_STRUCT_OFFSET (CloudInit, place),
                                     0,
                                     FALSE };
const Section kickstart_section = { "kickstart",
                                    kickstart_keys,
                                    sizeof (Kickstart),
                                    create_kickstart,
                                    NOWHERE,
                                    G_STRUCT_OFFSET (Kickstart, place),
                                    0,
                                    TRUE };
