/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a domain concerns the machine as a whole; see libvirt.h.  What
 * nobody looks at is told, so that nothing is lost without a word.
 */
#include "import/libvirt.h"

#include "base/error.h"
#include "base/quantity.h"

#include <string.h>

#define MIB (1024 * 1024)

/* What needs no word: it says how libvirt keeps its own things, or what roost
 * and the emulator do anyway. */
static const char *const silent[] = { "metadata", "currentMemory", "seclabel", "resource",
                                      "title",    "description",   NULL };

static void
import_memory (XmlNode *domain, Draft *draft)
{
    static const struct {
        const char *word;
        guint64 bytes;
    } units[] = { { "b", 1 },
                  { "bytes", 1 },
                  { "KB", 1000 },
                  { "k", 1024 },
                  { "KiB", 1024 },
                  { "MB", 1000000 },
                  { "M", MIB },
                  { "MiB", MIB },
                  { "GB", 1000000000 },
                  { "G", 1024ull * MIB },
                  { "GiB", 1024ull * MIB } };
    XmlNode *memory = xml_child (domain, "memory");
    const char *unit = xml_attribute (memory, "unit");
    guint64 factor = 1024, amount = 0;
    g_autofree char *text = NULL;

    for (gsize i = 0; unit && i < G_N_ELEMENTS (units); i++)
        if (strcmp (units[i].word, unit) == 0)
            factor = units[i].bytes;
    if (!memory || !g_ascii_string_to_unsigned (xml_text (memory) ? xml_text (memory) : "", 10, 1,
                                                G_MAXINT64 / factor, &amount, NULL))
        return;
    /* a profile counts in whole MiB */
    text = quantity_format_size ((amount * factor + MIB - 1) / MIB * MIB);
    draft_set (draft->machine, "memory", text);
}

static void
import_vcpus (XmlNode *domain, Draft *draft)
{
    XmlNode *vcpu = xml_child (domain, "vcpu");
    gint64 n;

    if (!vcpu)
        return;
    xml_attribute (vcpu, "placement");
    if (quantity_parse_int (xml_text (vcpu) ? xml_text (vcpu) : "", 1, 255, &n))
        draft_set_int (draft->machine, "smp", n);
    else
        draft_note (draft, "vcpu: %s is no number of CPUs", xml_text (vcpu));
}

static void
import_os (XmlNode *os, Draft *draft)
{
    XmlNode *type = xml_child (os, "type"), *loader;
    const char *machine = xml_attribute (type, "machine"), *arch = xml_attribute (type, "arch");
    const char *firmware = xml_attribute (os, "firmware"), *secure;

    draft_type (draft, machine ? machine : "pc");
    if (arch && strcmp (arch, "x86_64") != 0)
        draft_note (draft, "os/type arch=%s: taken for x86_64", arch);
    draft_set (draft->machine, "kernel", xml_text (xml_child (os, "kernel")));
    draft_set (draft->machine, "initrd", xml_text (xml_child (os, "initrd")));
    draft_set (draft->machine, "append", xml_text (xml_child (os, "cmdline")));
    loader = xml_child (os, "loader");
    secure = xml_attribute (loader, "secure");
    if (firmware || loader) {
        gboolean uefi = g_strcmp0 (firmware, "bios") != 0;

        draft_set (draft->machine, "firmware",
                   !uefi                            ? "bios"
                   : g_strcmp0 (secure, "yes") == 0 ? "uefi-secure"
                                                    : "uefi");
        if (loader) {
            xml_use_all (loader);
            draft_note (draft, "os/loader %s: the firmware of this host is taken",
                        xml_text (loader) ? xml_text (loader) : "");
        }
    }
    if (xml_text (xml_child (os, "nvram"))) {
        draft_note (draft, "os/nvram %s: the machine begins with fresh firmware variables",
                    xml_text (xml_child (os, "nvram")));
        xml_use_all (xml_child (os, "nvram"));
    }
}

static void
import_features (XmlNode *features, Draft *draft)
{
    static const char *const given[] = { "acpi", "apic", "pae", NULL };
    const char *vmport = xml_child_attribute (features, "vmport", "state");

    /* every PC of QEMU has these */
    for (gsize i = 0; given[i]; i++)
        if (xml_child (features, given[i]))
            xml_use_all (xml_child (features, given[i]));
    if (vmport)
        draft_set_bool (draft->machine, "vmport", strcmp (vmport, "on") == 0);
}

/* <cpu> in the emulator's words, or what the emulator has when nothing is said. */
static void
import_cpu (XmlNode *cpu, Draft *draft)
{
    const char *mode = xml_attribute (cpu, "mode");
    const char *model = xml_text (xml_child (cpu, "model"));
    GString *text = g_string_new (NULL);

    if (g_strcmp0 (mode, "host-passthrough") == 0 || g_strcmp0 (mode, "maximum") == 0) {
        g_string_append (text, g_strcmp0 (mode, "maximum") == 0 ? "max" : "host");
    } else if (g_strcmp0 (mode, "host-model") == 0) {
        g_string_append (text, "host");
        draft_note (draft, "cpu mode=host-model: host is taken, which is all of the host's CPU");
    } else {
        g_string_append (text, model ? model : "qemu64");
    }
    for (guint i = 0; cpu && i < cpu->children->len; i++) {
        XmlNode *feature = g_ptr_array_index (cpu->children, i);
        const char *policy, *name;

        if (strcmp (feature->name, "feature") != 0)
            continue;
        feature->used = TRUE;
        policy = xml_attribute (feature, "policy");
        name = xml_attribute (feature, "name");
        if (name && (!policy || g_str_equal (policy, "require") || g_str_equal (policy, "force")))
            g_string_append_printf (text, ",+%s", name);
        else if (name && (g_str_equal (policy, "disable") || g_str_equal (policy, "forbid")))
            g_string_append_printf (text, ",-%s", name);
    }
    xml_attribute (cpu, "check");
    xml_attribute (cpu, "match");
    xml_attribute (cpu, "migratable");
    xml_attribute (xml_child (cpu, "model"), "fallback");
    draft_set (draft->machine, "cpu", text->str);
    g_string_free (text, TRUE);
}

static void
import_timer (XmlNode *timer, JsonObject *clock, Draft *draft)
{
    const char *name = xml_attribute (timer, "name");
    const char *policy = xml_attribute (timer, "tickpolicy");
    const char *present = xml_attribute (timer, "present");

    timer->used = TRUE;
    if (g_strcmp0 (name, "rtc") == 0)
        draft_set_bool (clock, "catchup", g_strcmp0 (policy, "catchup") == 0);
    else if (g_strcmp0 (name, "pit") == 0 &&
             (g_strcmp0 (policy, "delay") == 0 || g_strcmp0 (policy, "discard") == 0))
        draft_set (clock, "pit", policy);
    else if (g_strcmp0 (name, "hpet") == 0 && present)
        draft_set_bool (draft->machine, "hpet", strcmp (present, "yes") == 0);
    else
        draft_note (draft, "clock/timer name=%s%s%s: left to the emulator", name ? name : "?",
                    policy ? " tickpolicy=" : "", policy ? policy : "");
}

static void
import_clock (XmlNode *clock, Draft *draft)
{
    const char *offset = xml_attribute (clock, "offset");
    JsonObject *group = draft_group (draft->machine, "clock");

    if (g_strcmp0 (offset, "utc") == 0 || g_strcmp0 (offset, "localtime") == 0)
        draft_set (group, "base", offset);
    else if (offset)
        draft_note (draft, "clock offset=%s: left to the emulator", offset);
    for (guint i = 0; clock && i < clock->children->len; i++) {
        XmlNode *timer = g_ptr_array_index (clock->children, i);

        if (strcmp (timer->name, "timer") == 0)
            import_timer (timer, group, draft);
    }
    if (json_object_get_size (group) == 0)
        json_object_remove_member (draft->machine, "clock");
}

/* Returns: whether roost knows @policy by the same word */
static void
import_policy (XmlNode *domain, const char *key, const char *const *words, Draft *draft)
{
    const char *policy = xml_text (xml_child (domain, key));

    if (!policy)
        return;
    if (g_strv_contains (words, policy))
        draft_set (draft->machine, key, policy);
    else
        draft_note (draft, "%s: there is no %s here; what profiles have without it is taken", key,
                    policy);
}

static void
import_policies (XmlNode *domain, Draft *draft)
{
    static const char *const poweroff[] = { "destroy", "preserve", "restart", NULL };
    static const char *const reboot[] = { "destroy", "restart", NULL };

    import_policy (domain, "on_poweroff", poweroff, draft);
    import_policy (domain, "on_reboot", reboot, draft);
    import_policy (domain, "on_crash", poweroff, draft);
}

static void
import_suspend (XmlNode *pm, Draft *draft)
{
    const char *memory = xml_child_attribute (pm, "suspend-to-mem", "enabled");
    const char *disk = xml_child_attribute (pm, "suspend-to-disk", "enabled");

    if (memory || disk)
        draft_set_bool (draft->machine, "suspend",
                        g_strcmp0 (memory, "no") != 0 || g_strcmp0 (disk, "no") != 0);
}

/* A domain has the device only where it is asked for; a profile unless it is not. */
static void
import_panic (XmlNode *panic, Draft *draft)
{
    const char *model = xml_attribute (panic, "model");
    gboolean isa = panic && (!model || g_str_equal (model, "isa"));

    if (panic && !isa)
        draft_note (draft, "devices/panic model=%s: there is isa only", model);
    if (!isa)
        draft_set_bool (draft->machine, "pvpanic", FALSE);
}

static void
note_rest (XmlNode *domain, Draft *draft)
{
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

    for (gsize i = 0; silent[i]; i++)
        if (xml_child (domain, silent[i]))
            xml_use_all (xml_child (domain, silent[i]));
    xml_unused (domain, found);
    for (guint i = 0; i < found->len; i++)
        draft_note (draft, "%s: has no counterpart", (char *)g_ptr_array_index (found, i));
}

gboolean
libvirt_import (const char *text, Draft *draft, GError **error)
{
    g_autoptr (XmlNode) domain = xml_parse (text, error);
    const char *type;

    if (!domain) {
        g_prefix_error (error, "reading it as XML: ");
        return FALSE;
    }
    if (strcmp (domain->name, "domain") != 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "it is a <%s>; only a <domain> of libvirt's can be read (virsh dumpxml NAME)",
                     domain->name);
        return FALSE;
    }
    type = xml_attribute (domain, "type");
    draft->name = g_strdup (xml_text (xml_child (domain, "name")));
    import_os (xml_child (domain, "os"), draft);
    if (g_strcmp0 (type, "kvm") == 0 || g_strcmp0 (type, "qemu") == 0) {
        JsonArray *accels = json_array_new ();

        json_array_add_string_element (accels, g_str_equal (type, "kvm") ? "kvm" : "tcg");
        json_object_set_array_member (draft->machine, "accel", accels);
    } else {
        draft_note (draft, "domain type=%s: taken for one of QEMU's", type ? type : "?");
    }
    draft_set (draft->machine, "uuid", xml_text (xml_child (domain, "uuid")));
    import_cpu (xml_child (domain, "cpu"), draft);
    import_vcpus (domain, draft);
    import_memory (domain, draft);
    import_features (xml_child (domain, "features"), draft);
    import_clock (xml_child (domain, "clock"), draft);
    import_suspend (xml_child (domain, "pm"), draft);
    import_policies (domain, draft);
    import_panic (xml_child (xml_child (domain, "devices"), "panic"), draft);
    libvirt_import_devices (xml_child (domain, "devices"), xml_child (domain, "os"), draft);
    note_rest (domain, draft);
    return TRUE;
}
