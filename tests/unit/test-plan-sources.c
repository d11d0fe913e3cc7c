/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command lines of the people whose labs roost grew out of, against those
 * that planning writes for the same machines: the same accelerator, CPU, memory,
 * controllers, disks, buses, boot order and networks, option by option.
 *
 * Both are brought to one form by a small parser of the old and the new words:
 * `-hda` and `-drive` with `-device ide-drive` on one side, `-blockdev` with
 * `-device ide-hd` on the other.  Names of drives, netdevs and controllers are
 * replaced by what they stand for.
 */
#include "unit/make-lab.h"

#include "base/quantity.h"
#include "unit/tap.h"

/* One command line while it is read. */
typedef struct {
    GHashTable *files;       /* drive or block node → owned file */
    GHashTable *backends;    /* netdev → owned text */
    GHashTable *controllers; /* id of a device → owned model */
    char *machine;
    GPtrArray *facts; /* owned text */
} Reader;

/* key → value of an option string; the first word without a key is "driver" */
static GHashTable *
read_options (const char *text)
{
    GHashTable *options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

    while (*text) {
        GString *part = g_string_new (NULL);
        g_auto (GStrv) pair = NULL;

        for (; *text && !(text[0] == ',' && text[1] != ','); text++) {
            text += *text == ',';
            g_string_append_c (part, *text);
        }
        text += *text == ',';
        pair = g_strsplit (part->str, "=", 2);
        if (pair[1])
            g_hash_table_insert (options, g_strdup (pair[0]), g_strdup (pair[1]));
        else
            g_hash_table_insert (options, g_strdup ("driver"), g_strdup (pair[0]));
        g_string_free (part, TRUE);
    }
    return options;
}

static void G_GNUC_PRINTF (2, 3) add_fact (Reader *reader, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    g_ptr_array_add (reader->facts, g_strdup_vprintf (format, args));
    va_end (args);
}

/* takes @key out of @options; NULL */
static char *
take (GHashTable *options, const char *key)
{
    char *value = g_strdup (g_hash_table_lookup (options, key));

    g_hash_table_remove (options, key);
    return value;
}

/* what is left of @options, as ` key=value` in the order of the keys */
static char *
rest (GHashTable *options)
{
    g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (options), (GCompareFunc)strcmp);
    GString *text = g_string_new (NULL);

    for (GList *at = keys; at; at = at->next)
        g_string_append_printf (text, " %s=%s", (char *)at->data,
                                (char *)g_hash_table_lookup (options, at->data));
    return g_string_free (text, FALSE);
}

/* `ahci.0` with what the id before the dot stands for */
static void
resolve_bus (Reader *reader, GHashTable *options)
{
    const char *bus = g_hash_table_lookup (options, "bus");
    const char *dot = bus ? strchr (bus, '.') : NULL;
    g_autofree char *id = dot ? g_strndup (bus, dot - bus) : NULL;
    const char *model = id ? g_hash_table_lookup (reader->controllers, id) : NULL;

    if (model)
        g_hash_table_insert (options, g_strdup ("bus"), g_strconcat (model, dot, NULL));
}

static void
read_device (Reader *reader, GHashTable *options)
{
    g_autofree char *model = take (options, "driver"), *id = take (options, "id");
    g_autofree char *drive = take (options, "drive"), *netdev = take (options, "netdev");
    g_autofree char *mac = take (options, "mac"); /* the old ones left it to QEMU: R12 */
    g_autofree char *others = NULL;
    const char *today = strcmp (model, "ide-drive") == 0 ? "ide-hd" : model;

    (void)mac;
    resolve_bus (reader, options);
    others = rest (options);
    if (drive)
        add_fact (reader, "disk %s %s%s", today, (char *)g_hash_table_lookup (reader->files, drive),
                  others);
    else if (netdev)
        add_fact (reader, "nic %s on %s%s", today,
                  (char *)g_hash_table_lookup (reader->backends, netdev), others);
    else if (strcmp (model, "pvpanic") != 0) /* roost's own addition: policies */
        add_fact (reader, "device %s%s", today, others);
    if (id)
        g_hash_table_insert (reader->controllers, g_steal_pointer (&id), g_strdup (today));
}

static void
read_old_disk (Reader *reader, const char *option, const char *file)
{
    gboolean q35 = strcmp (reader->machine, "q35") == 0;

    if (strcmp (option, "-hda") == 0)
        add_fact (reader, "disk ide-hd %s bus=ide.0%s", file, q35 ? "" : " unit=0");
    else
        add_fact (reader, "disk ide-cd %s bus=ide.%d%s", file, q35 ? 2 : 1, q35 ? "" : " unit=0");
}

static void
read_memory (Reader *reader, GHashTable *options)
{
    const char *size = g_hash_table_lookup (options, "size");
    guint64 bytes;

    if (!size) /* a bare number counts megabytes */
        size = g_hash_table_lookup (options, "driver");
    ck_assert (quantity_parse_size (size, &bytes));
    add_fact (reader, "memory %" G_GUINT64_FORMAT,
              g_ascii_isdigit (size[strlen (size) - 1]) ? bytes : bytes >> 20);
}

/* one option with its value; what says nothing of the machine's parts is left out */
static void
read_option (Reader *reader, const char *option, const char *value)
{
    g_autoptr (GHashTable) options = read_options (value);
    g_autofree char *id = NULL, *driver = NULL, *others = NULL;

    if (strcmp (option, "-accel") == 0 || strcmp (option, "-cpu") == 0 ||
        strcmp (option, "-smp") == 0)
        add_fact (reader, "%s %s", option + 1, value);
    else if (strcmp (option, "-m") == 0)
        read_memory (reader, options);
    else if (strcmp (option, "-hda") == 0 || strcmp (option, "-cdrom") == 0)
        read_old_disk (reader, option, value);
    else if (strcmp (option, "-device") == 0)
        read_device (reader, options);
    else if (strcmp (option, "-drive") == 0)
        g_hash_table_insert (reader->files, take (options, "id"), take (options, "file"));
    else if (strcmp (option, "-blockdev") == 0)
        g_hash_table_insert (reader->files, take (options, "node-name"),
                             take (options, "file.filename"));
    else if (strcmp (option, "-netdev") == 0) {
        id = take (options, "id");
        driver = take (options, "driver");
        others = rest (options);
        g_hash_table_insert (reader->backends, g_steal_pointer (&id),
                             g_strconcat (driver, others, NULL));
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* the facts of @argv, sorted, a line each */
static char *
read_command (const GStrv argv)
{
    Reader reader = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                      g_strdup ("pc"), g_ptr_array_new_with_free_func (g_free) };
    char *text;

    for (gsize i = 1; argv[i]; i++)
        if (strcmp (argv[i], "-machine") == 0)
            set (&reader.machine, argv[i + 1]);
    add_fact (&reader, "machine %s", reader.machine);
    for (gsize i = 1; argv[i]; i++) {
        if (strcmp (argv[i], "--enable-kvm") == 0)
            add_fact (&reader, "accel kvm");
        else if (argv[i][0] == '-' && argv[i + 1] && argv[i + 1][0] != '-')
            read_option (&reader, argv[i], argv[i + 1]);
    }
    g_ptr_array_sort (reader.facts, compare);
    g_ptr_array_add (reader.facts, NULL);
    text = g_strjoinv ("\n", (GStrv)reader.facts->pdata);
    g_hash_table_unref (reader.files);
    g_hash_table_unref (reader.backends);
    g_hash_table_unref (reader.controllers);
    g_free (reader.machine);
    g_ptr_array_unref (reader.facts);
    return text;
}

static void
declare_first_boot (Machine *m)
{
    set (&m->machine, "i440fx");
    add_disk (m, "boot", BUS_IDE, "/vm/esxi_6.5-1.qcow2");
    add_cdrom (m, "iso", BUS_IDE, "/iso/esxi.iso");
}

static void
declare_ahci (Machine *m)
{
    set (&m->machine, "i440fx");
    add_disk (m, "boot", BUS_AHCI, "/vm/esxi_6.5-1.qcow2");
}

static void
declare_usb (Machine *m)
{
    set (&m->machine, "i440fx");
    add_disk (m, "boot", BUS_USB, "/vm/esxi_6.5-1.qcow2");
}

static void
declare_two_disks (Machine *m)
{
    add_disk (m, "boot", BUS_USB, "/vm/esxi_6.5-1.qcow2")->bootindex = 1;
    add_disk (m, "data", BUS_AHCI, "/vm/esxi_6.5-1-data.qcow2")->bootindex = 2;
}

static const struct {
    const char *row;     /* of the table of sources */
    const char *command; /* as it was typed */
    void (*declare) (Machine *m);
    const char *added; /* to the old NIC by the rule that all devices are numbered */
} sources[] = {
    { "R3",
      "qemu-system-x86_64 --enable-kvm -cpu host -smp 2 -m 4096 -hda /vm/esxi_6.5-1.qcow2 "
      "-cdrom /iso/esxi.iso -netdev user,id=hostnet0 -device e1000,netdev=hostnet0,id=net0",
      declare_first_boot, "" },
    { "R6",
      "qemu-system-x86_64 --enable-kvm -cpu host -smp 2 -m 4096 -device ich9-ahci,id=ahci "
      "-drive file=/vm/esxi_6.5-1.qcow2,if=none,id=drive0 "
      "-device ide-drive,drive=drive0,bus=ahci.0 "
      "-netdev user,id=hostnet0 -device e1000,netdev=hostnet0,id=net0",
      declare_ahci, "" },
    { "R7",
      "qemu-system-x86_64 --enable-kvm -cpu host -smp 2 -m 4096 -device nec-usb-xhci,id=xhci "
      "-drive file=/vm/esxi_6.5-1.qcow2,if=none,id=drive0 "
      "-device usb-storage,drive=drive0,bus=xhci.0 "
      "-netdev user,id=hostnet0 -device e1000,netdev=hostnet0,id=net0",
      declare_usb, "" },
    { "R8",
      "qemu-system-x86_64 -machine q35 --enable-kvm -cpu host -smp 2 -m 4096 "
      "-device nec-usb-xhci,id=xhci -device ich9-ahci,id=ahci "
      "-drive file=/vm/esxi_6.5-1.qcow2,if=none,id=drive0 "
      "-device usb-storage,drive=drive0,bus=xhci.0,bootindex=1 "
      "-drive file=/vm/esxi_6.5-1-data.qcow2,if=none,id=drive1 "
      "-device ide-drive,drive=drive1,bus=ahci.0,bootindex=2 "
      "-netdev user,id=hostnet0 -device e1000,netdev=hostnet0,id=net0",
      declare_two_disks, ",bootindex=3" },
};

START_TEST (test_source)
{
    g_autoptr (Lab) lab = make_lab ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    Machine *m = add_machine (lab, "esxi1");
    g_autofree char *command = g_strconcat (sources[_i].command, sources[_i].added, NULL);
    g_auto (GStrv) words = g_strsplit (command, " ", -1);
    g_autoptr (Plan) plan = NULL;
    g_autofree char *wanted = read_command (words), *got = NULL;

    m->smp = 2;
    m->memory = G_GUINT64_CONSTANT (4) << 30;
    sources[_i].declare (m);
    for (guint i = 0; i < m->disks->len; i++) {
        Disk *disk = g_ptr_array_index (m->disks, i);

        set (&disk->format, disk->media == MEDIA_CDROM ? "raw" : "qcow2");
    }
    add_nic (m, "lan", "user", "e1000");
    plan = make_plan (lab, facts);
    got = read_command (plan_find_machine (plan, "esxi1")->argv);
    ck_assert_msg (strcmp (got, wanted) == 0, "%s: wanted\n%s\ngot\n%s", sources[_i].row, wanted,
                   got);
}
END_TEST

/* the reader sees a difference where there is one */
START_TEST (test_reader)
{
    static const char *const other[][2] = {
        { "-m 4096", "-m 4095" },
        { "bus=ahci.0", "bus=ahci.1" },
        { "ide-drive", "ide-cd" },
        { "bootindex=2", "bootindex=4" },
        { "-device nec-usb-xhci", "-device qemu-xhci" },
        { "-netdev user", "-netdev user,restrict=on" },
        { "e1000,", "e1000e," },
        { "data.qcow2", "dato.qcow2" },
        { "q35", "pc" },
    };
    const char *command = sources[G_N_ELEMENTS (sources) - 1].command;
    g_auto (GStrv) words = g_strsplit (command, " ", -1);
    g_autofree char *text = read_command (words);

    for (gsize i = 0; i < G_N_ELEMENTS (other); i++) {
        g_auto (GStrv) around = g_strsplit (command, other[i][0], 2);
        g_autofree char *changed = NULL, *changed_text = NULL;
        g_auto (GStrv) changed_words = NULL;

        ck_assert_msg (around[1] != NULL, "%s", other[i][0]);
        changed = g_strconcat (around[0], other[i][1], around[1], NULL);
        changed_words = g_strsplit (changed, " ", -1);
        changed_text = read_command (changed_words);
        ck_assert_msg (strcmp (changed_text, text) != 0, "%s", other[i][1]);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan/sources");
    TCase *tcase = tcase_create ("sources");

    tcase_add_loop_test (tcase, test_source, 0, (int)G_N_ELEMENTS (sources));
    tcase_add_test (tcase, test_reader);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
