/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole command line of a machine, word for word, and what changes in it
 * when one key does.
 */
/* Requirements: R17. */
#include "unit/make-lab.h"

#include "unit/tap.h"

static const MachineStep *
first (const Plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_MACHINE)
            return step->machine;
    }
    ck_abort_msg ("no machine in the plan");
    return NULL;
}

static Lab *
lab_with (Machine **ret)
{
    Lab *lab = make_lab ();

    *ret = add_machine (lab, "web");
    return lab;
}

static void
fill_whole_machine (Lab *lab)
{
    Machine *m = add_machine (lab, "web");
    Disk *disk;

    add_switch (lab, "lan", SWITCH_INTERNAL);
    m->hpet = CHOICE_NO;
    m->vmport = CHOICE_YES;
    m->nested = CHOICE_YES;
    m->smp = 2;
    m->memory = G_GUINT64_CONSTANT (4) << 30;
    set (&m->uuid, "11111111-2222-4333-8444-555555555555");
    set (&m->kernel, "/boot/vm linuz");
    set (&m->initrd, "/boot/initrd");
    set (&m->append, "console=ttyS0,115200 quiet");
    m->serials = 1;
    m->display = DISPLAY_VNC;
    set (&m->clock.base, "utc");
    m->clock.catchup = TRUE;
    set (&m->clock.pit, "delay");
    m->on_reboot = REBOOT_DESTROY;
    disk = add_disk (m, "boot", BUS_USB, "/img/a,b.raw");
    disk->bootindex = 1;
    disk = add_disk (m, "data", BUS_AHCI, NULL);
    set (&disk->cache, "none");
    set (&disk->aio, "native");
    set (&disk->discard, "unmap");
    set (&disk->serial, "S1");
    add_cdrom (m, "cd", BUS_AHCI, NULL);
    set (&add_nic (m, "lan", "lan", "e1000")->mac, "02:00:00:00:00:01");
    set (&add_nic (m, "out", "user", "virtio-net-pci")->mac, "02:00:00:00:00:02");
    add_forward (m, PROTO_TCP, 8080, 80);
    set (&add_forward (m, PROTO_UDP, 0, 53)->guest_address, "10.0.2.20");
    g_strfreev (m->args);
    m->args = g_strsplit ("-device|usb-tablet", "|", -1);
}

static const char whole[] =
    "/usr/bin/qemu-system-x86_64\n"
    "-name\nguest=lab/web,debug-threads=on\n"
    "-no-user-config\n-nodefaults\n-S\n"
    "-sandbox\non,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny\n"
    "-machine\nq35,vmport=on,hpet=off\n"
    "-accel\nkvm\n"
    "-cpu\nhost,+vmx\n"
    "-smp\n2\n"
    "-m\nsize=4G\n"
    "-uuid\n11111111-2222-4333-8444-555555555555\n"
    "-kernel\n/boot/vm linuz\n-initrd\n/boot/initrd\n-append\nconsole=ttyS0,115200 quiet\n"
    "-rtc\nbase=utc,driftfix=slew\n"
    "-global\nkvm-pit.lost_tick_policy=delay\n"
    "-action\nreboot=shutdown,shutdown=pause,panic=pause,watchdog=reset\n"
    "-chardev\nsocket,id=qmp,fd=3,server=on,wait=off\n"
    "-mon\nchardev=qmp,mode=control\n"
    "-chardev\nstdio,id=events,signal=off\n-mon\nchardev=events,mode=control\n"
    "-device\npvpanic\n"
    "-chardev\nsocket,id=serial0,path=/run/roost/lab/web.serial0,server=on,wait=off,"
    "logfile=/var/lib/roost/lab/logs/web.serial0.log,logappend=on\n"
    "-serial\nchardev:serial0\n"
    "-display\nvnc=unix:/run/roost/lab/web.vnc\n"
    "-device\nVGA,id=video\n"
    "-device\nnec-usb-xhci,id=xhci\n"
    "-device\nich9-ahci,id=ahci\n"
    "-blockdev\ndriver=raw,node-name=drive-boot,file.driver=file,file.filename=/img/a,,b.raw\n"
    "-device\nusb-storage,bus=xhci.0,drive=drive-boot,id=disk-boot,bootindex=1\n"
    "-blockdev\ndriver=qcow2,node-name=drive-data,cache.direct=on,cache.no-flush=off,"
    "discard=unmap,file.driver=file,file.filename=/var/lib/roost/lab/disks/web.data.qcow2,"
    "file.aio=native\n"
    "-device\nide-hd,bus=ahci.0,drive=drive-data,id=disk-data,serial=S1,write-cache=on,"
    "bootindex=2\n"
    "-device\nide-cd,bus=ahci.1,id=disk-cd,bootindex=3\n"
    "-netdev\ndgram,id=net-lan,local.type=unix,local.path=/run/roost/lab/lan.web.lan.m,"
    "remote.type=unix,remote.path=/run/roost/lab/lan.web.lan.s\n"
    "-device\ne1000,netdev=net-lan,id=nic-lan,mac=02:00:00:00:00:01,bootindex=4\n"
    "-netdev\nuser,id=net-out,hostfwd=tcp:127.0.0.1:8080-:80,"
    "hostfwd=udp:127.0.0.1:0-10.0.2.20:53\n"
    "-device\nvirtio-net-pci,netdev=net-out,id=nic-out,mac=02:00:00:00:00:02,bootindex=5\n"
    "-device\nusb-tablet";

START_TEST (test_whole)
{
    g_autoptr (Lab) lab = make_lab ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = NULL;
    g_autofree char *text = NULL;
    const FdRecord *fd;

    fill_whole_machine (lab);
    facts->kvm_nested = TRUE;
    plan = make_plan (lab, facts);
    text = g_strjoinv ("\n", first (plan)->argv);
    ck_assert_str_eq (text, whole);
    ck_assert_uint_eq (first (plan)->fds->len, 1);
    fd = g_ptr_array_index (first (plan)->fds, 0);
    ck_assert_int_eq (fd->fd, 3);
    ck_assert_str_eq (fd->path, "/run/roost/lab/web.monitor");
}
END_TEST

START_TEST (test_least)
{
    Machine *m;
    g_autoptr (Lab) lab = lab_with (&m);
    g_autoptr (HostFacts) facts = make_facts (FALSE);
    g_autoptr (Plan) plan = NULL;
    g_autofree char *text = NULL;

    set (&m->machine, "i440fx");
    plan = make_plan (lab, facts);
    text = g_strjoinv (" ", first (plan)->argv);
    ck_assert_str_eq (text, "/usr/bin/qemu-system-x86_64 -name guest=lab/web,debug-threads=on "
                            "-no-user-config -nodefaults -S -sandbox "
                            "on,obsolete=deny,elevateprivileges=deny,spawn=deny,"
                            "resourcecontrol=deny -machine pc -accel tcg -cpu max "
                            "-smp 1 -m size=64M -uuid 9a8503cf-9f1c-5004-80ae-d37f1d94f668 "
                            "-action reboot=reset,shutdown=pause,panic=pause,watchdog=reset "
                            "-chardev socket,id=qmp,fd=3,server=on,wait=off "
                            "-mon chardev=qmp,mode=control "
                            "-chardev stdio,id=events,signal=off "
                            "-mon chardev=events,mode=control -device pvpanic -display none");
    ck_assert_str_eq (plan->notes[0], "using tcg: /dev/kvm is not there");
    ck_assert_ptr_null (plan->notes[1]);
    ck_assert_str_eq (first (plan)->accel, "tcg");
    ck_assert_ptr_null (first (plan)->vnc);
}
END_TEST

static void
one_option (const Lab *lab, const HostFacts *facts, const char *option, const char *value)
{
    g_autoptr (Plan) plan = make_plan (lab, facts);

    ck_assert_str_eq (nth_option (first (plan), option, 0), value);
}

START_TEST (test_memory)
{
    Machine *m;
    g_autoptr (Lab) lab = lab_with (&m);
    g_autoptr (HostFacts) facts = make_facts (TRUE);

    m->memory = 1536 << 20;
    one_option (lab, facts, "-m", "size=1536M");
    m->memory = (64 << 20) + 4096;
    one_option (lab, facts, "-m", "size=65540K");
    /* a bare number would be megabytes */
    m->memory = (64 << 20) + 1;
    one_option (lab, facts, "-m", "size=67108865B");
}
END_TEST

START_TEST (test_cpu)
{
    const struct {
        gboolean kvm, amd;
        const char *accels, *cpu;
        Choice nested;
        const char *wanted;
    } cases[] = {
        { TRUE, FALSE, NULL, NULL, CHOICE_UNSET, "host" },
        { FALSE, FALSE, NULL, NULL, CHOICE_UNSET, "max" },
        { TRUE, FALSE, "kvm tcg", NULL, CHOICE_UNSET, "max" },
        { FALSE, FALSE, "kvm", NULL, CHOICE_UNSET, "host" },
        { TRUE, FALSE, "tcg", NULL, CHOICE_UNSET, "max" },
        { TRUE, FALSE, NULL, "EPYC", CHOICE_UNSET, "EPYC" },
        { TRUE, FALSE, NULL, "EPYC,-sse", CHOICE_YES, "EPYC,-sse,+vmx" },
        { TRUE, FALSE, NULL, NULL, CHOICE_YES, "host,+vmx" },
        { TRUE, TRUE, NULL, NULL, CHOICE_YES, "host,+svm" },
        { TRUE, FALSE, NULL, NULL, CHOICE_NO, "host,-vmx" },
        { TRUE, TRUE, NULL, NULL, CHOICE_NO, "host,-svm" },
        { FALSE, FALSE, NULL, NULL, CHOICE_YES, "max,+svm" },
        { FALSE, FALSE, NULL, NULL, CHOICE_NO, "qemu64,-svm" },
        { TRUE, FALSE, "tcg", NULL, CHOICE_YES, "max,+svm" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        Machine *m;
        g_autoptr (Lab) lab = lab_with (&m);
        g_autoptr (HostFacts) facts = make_facts (cases[i].kvm);

        facts->cpu_amd = cases[i].amd;
        facts->kvm_nested = TRUE;
        m->accel = cases[i].accels ? g_strsplit (cases[i].accels, " ", -1) : NULL;
        m->cpu = g_strdup (cases[i].cpu);
        m->nested = cases[i].nested;
        one_option (lab, facts, "-cpu", cases[i].wanted);
    }
}
END_TEST

START_TEST (test_accel_list)
{
    Machine *m;
    g_autoptr (Lab) lab = lab_with (&m);
    g_autoptr (HostFacts) facts = make_facts (FALSE);
    g_autoptr (Plan) plan = NULL;

    m->accel = g_strsplit ("kvm tcg", " ", -1);
    plan = make_plan (lab, facts);
    ck_assert_str_eq (nth_option (first (plan), "-accel", 0), "kvm");
    ck_assert_str_eq (nth_option (first (plan), "-accel", 1), "tcg");
    ck_assert_ptr_null (nth_option (first (plan), "-accel", 2));
    /* what was asked for needs no explanation */
    ck_assert_ptr_null (plan->notes[0]);
}
END_TEST

START_TEST (test_video)
{
    const struct {
        DisplayType display;
        const char *video, *device;
    } cases[] = {
        { DISPLAY_NONE, NULL, NULL },
        { DISPLAY_VNC, NULL, "VGA,id=video" },
        { DISPLAY_VNC, "none", NULL },
        { DISPLAY_NONE, "vga", "VGA,id=video" },
        { DISPLAY_NONE, "std", "VGA,id=video" },
        { DISPLAY_NONE, "cirrus", "cirrus-vga,id=video" },
        { DISPLAY_NONE, "qxl", "qxl-vga,id=video" },
        { DISPLAY_NONE, "vmware", "vmware-svga,id=video" },
        { DISPLAY_NONE, "virtio", "virtio-vga,id=video" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        Machine *m;
        g_autoptr (Lab) lab = lab_with (&m);
        g_autoptr (HostFacts) facts = make_facts (TRUE);
        g_autoptr (Plan) plan = NULL;

        m->pvpanic = CHOICE_NO;
        m->display = cases[i].display;
        m->video = g_strdup (cases[i].video);
        plan = make_plan (lab, facts);
        ck_assert_pstr_eq (nth_option (first (plan), "-device", 0), cases[i].device);
    }
}
END_TEST

START_TEST (test_user_switch)
{
    Machine *m;
    g_autoptr (Lab) lab = lab_with (&m);
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = NULL;
    Switch *sw = add_switch (lab, "nat", SWITCH_USER);
    const ForwardRecord *forward;

    set (&sw->subnet, "10.9.0.0/24");
    sw->restrict_ = TRUE;
    add_switch (lab, "lan", SWITCH_INTERNAL);
    add_nic (m, "a", "lan", "e1000");
    add_nic (m, "b", "nat", "e1000");
    add_nic (m, "c", "user", "e1000");
    set (&add_forward (m, PROTO_TCP, 22, 22)->host_address, "");
    plan = make_plan (lab, facts);
    ck_assert_str_eq (nth_option (first (plan), "-netdev", 1),
                      "user,id=net-b,net=10.9.0.0/24,restrict=on,hostfwd=tcp::22-:22");
    ck_assert_str_eq (nth_option (first (plan), "-netdev", 2), "user,id=net-c");
    forward = g_ptr_array_index (first (plan)->forwards, 0);
    ck_assert_str_eq (forward->netdev, "net-b");
}
END_TEST

START_TEST (test_caches)
{
    const struct {
        const char *cache, *node, *device;
    } cases[] = {
        { "writeback", "cache.direct=off,cache.no-flush=off", "write-cache=on" },
        { "none", "cache.direct=on,cache.no-flush=off", "write-cache=on" },
        { "writethrough", "cache.direct=off,cache.no-flush=off", "write-cache=off" },
        { "directsync", "cache.direct=on,cache.no-flush=off", "write-cache=off" },
        { "unsafe", "cache.direct=off,cache.no-flush=on", "write-cache=on" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        Machine *m;
        g_autoptr (Lab) lab = lab_with (&m);
        g_autoptr (HostFacts) facts = make_facts (TRUE);
        g_autoptr (Plan) plan = NULL;

        set (&add_disk (m, "d", BUS_VIRTIO, "/x.raw")->cache, cases[i].cache);
        plan = make_plan (lab, facts);
        ck_assert_ptr_nonnull (option_with (first (plan), "-blockdev", cases[i].node));
        ck_assert_ptr_nonnull (option_with (first (plan), "-device", cases[i].device));
    }
}
END_TEST

START_TEST (test_host_device)
{
    const struct {
        const char *path, *driver;
    } cases[] = {
        { "/dev/sdx1", "file.driver=host_device," },
        { "/dev/shm/x.raw", "file.driver=file," },
        { "/devices/x.raw", "file.driver=file," },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        Machine *m;
        g_autoptr (Lab) lab = lab_with (&m);
        g_autoptr (HostFacts) facts = make_facts (TRUE);
        g_autoptr (Plan) plan = NULL;

        add_disk (m, "d", BUS_VIRTIO, cases[i].path);
        plan = make_plan (lab, facts);
        ck_assert_ptr_nonnull (option_with (first (plan), "-blockdev", cases[i].driver));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan/machine");
    TCase *tcase = tcase_create ("machine");

    tcase_add_test (tcase, test_whole);
    tcase_add_test (tcase, test_least);
    tcase_add_test (tcase, test_memory);
    tcase_add_test (tcase, test_cpu);
    tcase_add_test (tcase, test_accel_list);
    tcase_add_test (tcase, test_video);
    tcase_add_test (tcase, test_user_switch);
    tcase_add_test (tcase, test_caches);
    tcase_add_test (tcase, test_host_device);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
