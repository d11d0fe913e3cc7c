/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a command line concerns the machine as a whole: board, CPUs,
 * memory, clock, screen, serial ports, and what roost sees to itself.
 */
#include "import/qemu-private.h"

#include "base/quantity.h"

#include <string.h>

#define MIB (1024 * 1024)

static gboolean
is_on (const char *value)
{
    return g_str_equal (value, "on") || g_str_equal (value, "yes") || g_str_equal (value, "true");
}

static void
set_accels (QemuLine *line, const char *text)
{
    g_auto (GStrv) names = g_strsplit (text, ":", -1);

    if (!json_object_has_member (line->draft->machine, "accel"))
        json_object_set_array_member (line->draft->machine, "accel", json_array_new ());
    for (gsize i = 0; names[i]; i++)
        json_array_add_string_element (json_object_get_array_member (line->draft->machine, "accel"),
                                       names[i]);
}

static void
take_name (QemuLine *line, QemuOption *option)
{
    const char *name = qemu_opts_get (option->opts, "");
    const char *guest = qemu_opts_get (option->opts, "guest");

    qemu_opts_get (option->opts, "debug-threads");
    qemu_opts_get (option->opts, "process");
    name = guest ? guest : name;
    /* LAB/MACHINE is what roost itself writes */
    if (name && strrchr (name, '/'))
        name = strrchr (name, '/') + 1;
    g_free (line->draft->name);
    line->draft->name = g_strdup (name);
}

/* What has no key of its own is given to the emulator beside what roost says. */
static void
take_machine (QemuLine *line, QemuOption *option)
{
    static const char *const flags[] = { "vmport", "hpet" };
    const char *type = qemu_opts_get (option->opts, "");
    const char *named = qemu_opts_get (option->opts, "type");
    const char *accel = qemu_opts_get (option->opts, "accel");
    g_autofree char *rest = NULL;

    if (type || named)
        draft_type (line->draft, type ? type : named);
    if (accel)
        set_accels (line, accel);
    for (gsize i = 0; i < G_N_ELEMENTS (flags); i++) {
        const char *value = qemu_opts_get (option->opts, flags[i]);

        if (value && strcmp (value, "auto") != 0)
            draft_set_bool (line->draft->machine, flags[i], is_on (value));
    }
    rest = qemu_opts_rest (option->opts);
    option->taken = TRUE;
    if (!rest)
        return;
    draft_note (line->draft, "-machine %s: has no key; it is in args", rest);
    json_array_add_string_element (line->draft->args, "-machine");
    json_array_add_string_element (line->draft->args, rest);
}

static void
take_accel (QemuLine *line, QemuOption *option)
{
    const char *name = qemu_opts_get (option->opts, "");

    set_accels (line, name ? name : "tcg");
}

static void
take_enable_kvm (QemuLine *line, QemuOption *option)
{
    set_accels (line, "kvm");
}

static void
take_cpu (QemuLine *line, QemuOption *option)
{
    draft_set (line->draft->machine, "cpu", option->value);
    option->taken = TRUE;
}

static void
take_smp (QemuLine *line, QemuOption *option)
{
    const char *count = qemu_opts_get (option->opts, "");
    const char *cpus = qemu_opts_get (option->opts, "cpus");
    gint64 n;

    count = count ? count : cpus;
    if (count && quantity_parse_int (count, 1, 255, &n))
        draft_set_int (line->draft->machine, "smp", n);
}

static void
take_memory (QemuLine *line, QemuOption *option)
{
    const char *size = qemu_opts_get (option->opts, "");
    const char *named = qemu_opts_get (option->opts, "size");
    g_autofree char *with_unit = NULL;
    guint64 bytes;

    size = size ? size : named;
    if (size && strspn (size, "0123456789") == strlen (size))
        size = with_unit = g_strconcat (size, "M", NULL);
    if (size && quantity_parse_size (size, &bytes)) {
        g_autofree char *text = quantity_format_size ((bytes + MIB - 1) / MIB * MIB);

        draft_set (line->draft->machine, "memory", text);
    }
}

static void
set_path (QemuLine *line, QemuOption *option)
{
    g_autofree char *path = draft_path (line->draft, option->value);

    draft_set (line->draft->machine, option->name, path);
    option->taken = TRUE;
}

static void
set_value (QemuLine *line, QemuOption *option)
{
    draft_set (line->draft->machine, option->name, option->value);
    option->taken = TRUE;
}

static void
take_rtc (QemuLine *line, QemuOption *option)
{
    JsonObject *clock = draft_group (line->draft->machine, "clock");
    const char *fix = qemu_opts_get (option->opts, "driftfix");

    draft_set (clock, "base", qemu_opts_get (option->opts, "base"));
    if (fix)
        draft_set_bool (clock, "catchup", g_str_equal (fix, "slew"));
}

static void
take_global (QemuLine *line, QemuOption *option)
{
    static const char prefix[] = "kvm-pit.lost_tick_policy=";

    if (!g_str_has_prefix (option->value, prefix))
        return;
    draft_set (draft_group (line->draft->machine, "clock"), "pit", option->value + strlen (prefix));
    option->taken = TRUE;
}

static void
take_no_hpet (QemuLine *line, QemuOption *option)
{
    draft_set_bool (line->draft->machine, "hpet", FALSE);
}

static void
take_no_reboot (QemuLine *line, QemuOption *option)
{
    draft_set (line->draft->machine, "on_reboot", "destroy");
}

static void
take_action (QemuLine *line, QemuOption *option)
{
    const char *reboot = qemu_opts_get (option->opts, "reboot");

    if (g_strcmp0 (reboot, "shutdown") == 0)
        take_no_reboot (line, option);
    option->taken = TRUE; /* what else it says roost says itself */
}

static void
take_serial (QemuLine *line, QemuOption *option)
{
    line->serials = MAX (line->serials, 0) + (strcmp (option->value, "none") != 0);
    option->taken = TRUE;
}

static void
take_no_defaults (QemuLine *line, QemuOption *option)
{
    line->no_defaults = TRUE;
}

static void
take_nographic (QemuLine *line, QemuOption *option)
{
    draft_set (line->draft->machine, "display", "none");
}

static void
take_display (QemuLine *line, QemuOption *option)
{
    const char *type = qemu_opts_get (option->opts, "");
    gboolean none = g_strcmp0 (type, "none") == 0;

    draft_set (line->draft->machine, "display", none ? "none" : "vnc");
    if (!none)
        draft_note (line->draft, "-%s %s: the screen is VNC on a Unix socket (roost status)",
                    option->name, option->value);
    option->taken = TRUE;
}

static void
take_vga (QemuLine *line, QemuOption *option)
{
    static const char *const words[] = { "std", "cirrus", "vmware", "qxl", "virtio", "none", NULL };

    if (!g_strv_contains (words, option->value))
        return;
    draft_set (line->draft->machine, "video", option->value);
    option->taken = TRUE;
}

/* roost does this itself, in its own way */
static void
take_own (QemuLine *line, QemuOption *option)
{
    option->taken = TRUE;
}

static void
take_chardev (QemuLine *line, QemuOption *option)
{
    const char *id = qemu_opts_get (option->opts, "id");
    g_autofree char *serial = g_strconcat ("chardev:", id ? id : "", NULL);

    for (guint i = 0; i < line->options->len; i++) {
        const QemuOption *other = g_ptr_array_index (line->options, i);

        if (g_str_equal (other->name, "serial") && g_strcmp0 (other->value, serial) == 0)
            option->taken = TRUE;
    }
    if (qemu_line_find (line, "mon", "chardev", id))
        option->taken = TRUE;
}

static const struct {
    const char *name;
    void (*take) (QemuLine *line, QemuOption *option);
    gboolean whole; /* the function takes the option itself, or leaves it */
} table[] = {
    { "name", take_name, FALSE },
    { "machine", take_machine, TRUE },
    { "M", take_machine, TRUE },
    { "accel", take_accel, FALSE },
    { "enable-kvm", take_enable_kvm, FALSE },
    { "cpu", take_cpu, TRUE },
    { "smp", take_smp, FALSE },
    { "m", take_memory, FALSE },
    { "uuid", set_value, TRUE },
    { "kernel", set_path, TRUE },
    { "initrd", set_path, TRUE },
    { "append", set_value, TRUE },
    { "rtc", take_rtc, FALSE },
    { "global", take_global, TRUE },
    { "no-hpet", take_no_hpet, FALSE },
    { "no-reboot", take_no_reboot, FALSE },
    { "action", take_action, TRUE },
    { "chardev", take_chardev, TRUE },
    { "serial", take_serial, TRUE },
    { "nodefaults", take_no_defaults, FALSE },
    { "nographic", take_nographic, FALSE },
    { "display", take_display, TRUE },
    { "vnc", take_display, TRUE },
    { "sdl", take_display, TRUE },
    { "vga", take_vga, TRUE },
    { "S", take_own, TRUE },
    { "daemonize", take_own, TRUE },
    { "mon", take_own, TRUE },
    { "monitor", take_own, TRUE },
    { "no-shutdown", take_own, TRUE },
    { "no-user-config", take_own, TRUE },
    { "nodefconfig", take_own, TRUE },
    { "pidfile", take_own, TRUE },
    { "qmp", take_own, TRUE },
    { "sandbox", take_own, TRUE },
    { "usb", take_own, TRUE },
};

static void
take (QemuLine *line, QemuOption *option)
{
    for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
        if (strcmp (table[i].name, option->name) != 0)
            continue;
        table[i].take (line, option);
        if (!table[i].whole)
            qemu_line_take (line, option);
    }
}

/* The card as a device of its own. */
static void
take_video_device (QemuLine *line)
{
    static const struct {
        const char *model, *word;
    } cards[] = { { "VGA", "std" },
                  { "cirrus-vga", "cirrus" },
                  { "qxl-vga", "qxl" },
                  { "vmware-svga", "vmware" },
                  { "virtio-vga", "virtio" } };

    for (gsize i = 0; i < G_N_ELEMENTS (cards); i++) {
        QemuOption *device = qemu_line_find (line, "device", "", cards[i].model);

        if (!device)
            continue;
        qemu_opts_get (device->opts, "id");
        draft_set (line->draft->machine, "video", cards[i].word);
        qemu_line_take (line, device);
        return;
    }
}

/* What machines of roost's have by themselves, unless it is said that they have not. */
static void
take_own_devices (QemuLine *line)
{
    QemuOption *device = qemu_line_find (line, "device", "", "pvpanic");

    if (device)
        qemu_line_take (line, device);
    else
        draft_set_bool (line->draft->machine, "pvpanic", FALSE);
}

static gboolean
has_screen (JsonObject *machine)
{
    return json_object_has_member (machine, "display") &&
           strcmp (json_object_get_string_member (machine, "display"), "none") != 0;
}

/* What QEMU has where nothing is said differs from what profiles have. */
static void
add_defaults (QemuLine *line)
{
    JsonObject *machine = line->draft->machine;

    if (!json_object_has_member (machine, "machine"))
        draft_type (line->draft, "pc");
    if (!json_object_has_member (machine, "accel"))
        set_accels (line, "tcg");
    if (!json_object_has_member (machine, "cpu"))
        draft_set (machine, "cpu", "qemu64");
    if (!json_object_has_member (machine, "memory"))
        draft_set (machine, "memory", "128M");
    draft_set_int (machine, "serial",
                   line->serials >= 0 ? MIN (line->serials, 4) : !line->no_defaults);
    if (line->no_defaults && has_screen (machine) && !json_object_has_member (machine, "video"))
        draft_set (machine, "video", "none");
    if (line->no_defaults || json_object_has_member (machine, "display"))
        return;
    draft_set (machine, "display", "vnc");
    draft_note (line->draft, "the emulator's window: the screen is VNC on a Unix socket (roost "
                             "status)");
}

void
qemu_take_machine (QemuLine *line)
{
    for (guint i = 0; i < line->options->len; i++)
        take (line, g_ptr_array_index (line->options, i));
    take_video_device (line);
    take_own_devices (line);
    add_defaults (line);
}
