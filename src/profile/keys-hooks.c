/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the keys of hooks: programs that run around what a lab, a machine or a
 * disk does. */
#include "profile/keys.h"

#include "profile/model.h"

#define NOWHERE KEY_NOWHERE
#define AT(field) G_STRUCT_OFFSET (Hooks, field)

static const Key hooks_keys[] = {
    { "before_up", KEY_ARGV, AT (before_up), NOWHERE, .example = "[./mount.sh, /srv/images]",
      .unsaid = "none",
      .help = "A program with its arguments, run before its owner comes up, with the plan as JSON "
              "on standard input; a path of it is relative to this file, and no shell has a part "
              "in it. When it fails the up fails and is undone." },
    { "after_up", KEY_ARGV, AT (after_up), NOWHERE, .example = "[./announce.sh]", .unsaid = "none",
      .help = "The same, when a disk is there and not yet used, or a machine or the whole lab "
              "runs; it reads the state of the lab, as query-lab answers it." },
    { "before_down", KEY_ARGV, AT (before_down), NOWHERE, .example = "[./collect.sh]",
      .unsaid = "none",
      .help = "The same, before its owner goes down, with the plan. When it fails, that is told "
              "and the rest goes down. It also undoes an after_up that failed." },
    { "after_down", KEY_ARGV, AT (after_down), NOWHERE, .example = "[./unmount.sh]",
      .unsaid = "none",
      .help = "The same, when its owner is down, with the state. It also undoes a before_up that "
              "failed, so it must stand finding nothing to do." },
    { "timeout", KEY_DURATION, AT (timeout_ms), NOWHERE, .min = 1, .initial = "5m", .example = "5m",
      .help = "Each of them is killed after this long, which is a failure." },
    { 0 }
};

static gpointer
create_hooks (void)
{
    return model_hooks_new ();
}

const Section hooks_section = { "hooks",    hooks_keys, sizeof (Hooks), create_hooks, NOWHERE,
                                AT (place), 0 };
