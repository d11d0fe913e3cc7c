/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the tables of verbs and options, and nothing that they do. */
#include "cli/verb.h"

#include "cli/shell/qmp-status.h"

#include <stddef.h>
#include <string.h>

#define AT(member) offsetof (Options, member)

const Option option_table[] = {
    { "file", 'f', OPTION_STRING, AT (file), "FILE", "the profile; `-` is standard input" },
    { "lab", 'l', OPTION_STRING, AT (lab), "LAB", "a lab that runs, by name" },
    { "set", 's', OPTION_STRINGS, AT (set), "NAME=VALUE", "set a variable of the profile" },
    { "json", 'j', OPTION_FLAG, AT (json), NULL, "JSON for scripts" },
    { "all", 0, OPTION_FLAG, AT (all), NULL, "labs that are down and have left something, too" },
    { "usage", 0, OPTION_FLAG, AT (usage), NULL, "what the machines take of this host" },
    { "force", 0, OPTION_FLAG, AT (force), NULL, "skip the gentle way, or a check that refuses" },
    { "paused", 0, OPTION_FLAG, AT (paused), NULL, "leave the processors stopped" },
    { "restart", 0, OPTION_FLAG, AT (restart), NULL, "restart machines where that is needed" },
    { "no-wait", 0, OPTION_FLAG, AT (no_wait), NULL, "do not wait until machines are ready" },
    { "timeout", 't', OPTION_STRING, AT (timeout), "TIME", "give up after that long (30s, 5m)" },
    { "grace", 0, OPTION_STRING, AT (grace), "TIME", "how long guests may take to power off" },
    { "follow", 'F', OPTION_FLAG, AT (follow), NULL, "go on as more is written" },
    { "lines", 'n', OPTION_STRING, AT (lines), "N", "only the last N lines" },
    { "stderr", 0, OPTION_FLAG, AT (errors), NULL, "what the emulator said" },
    { "qmp", 0, OPTION_FLAG, AT (qmp), NULL, "the transcript of its QMP connection" },
    { "why", 0, OPTION_FLAG, AT (why), NULL, "how its last starts ended" },
    { "supervisor", 0, OPTION_FLAG, AT (supervisor), NULL, "what the supervisor said" },
    { "hmp", 0, OPTION_FLAG, AT (hmp), NULL, "a command of the human monitor" },
    { "agent", 0, OPTION_FLAG, AT (agent), NULL, "the socket is of a guest agent" },
    { "wait", 'w', OPTION_STRING, AT (wait), "EVENT", "until this event comes (`*` is any text)" },
    { "data", 0, OPTION_STRINGS, AT (data), "KEY=VALUE", "only events with this in their data" },
    { "last", 0, OPTION_STRING, AT (last), "N", "first the last N that are in the transcript" },
    { "read-only", 0, OPTION_FLAG, AT (read_only), NULL, "query-* commands and events only" },
    { "serial", 0, OPTION_STRINGS, AT (serial), "REGEX", "the first serial port says so" },
    { "tcp", 0, OPTION_STRINGS, AT (tcp), "NAME", "the guest takes connections at this forward" },
    { "https", 0, OPTION_STRINGS, AT (https), "NAME", "a TLS server answers at this forward" },
    { "screen-stable", 0, OPTION_STRING, AT (screen_stable), "TIME",
      "the screen stands still that long" },
    { "qmp-event", 0, OPTION_STRINGS, AT (qmp_event), "EVENT", "the emulator tells of this event" },
    { "new", 0, OPTION_FLAG, AT (fresh), NULL, "what was said before does not count" },
    { "delay", 0, OPTION_STRING, AT (delay), "TIME", "from one key to the next; of a link (40ms)" },
    { "owner", 0, OPTION_STRING, AT (owner), "USER", "who may use what is prepared" },
    { "loss", 0, OPTION_STRING, AT (loss), "PERCENT", "frames that are lost (1%)" },
    { "rate", 0, OPTION_STRING, AT (rate), "RATE", "bits a second, at most (100mbit)" },
    { "user", 0, OPTION_STRING, AT (ssh_user), "USER", "who logs in" },
    { "identity", 'i', OPTION_STRING, AT (identity), "FILE", "the private key that is offered" },
    { "option", 'o', OPTION_STRINGS, AT (ssh_option), "NAME=VALUE", "an option of ssh_config(5)" },
    { "recursive", 'r', OPTION_FLAG, AT (recursive), NULL, "folders with all that is in them" },
    { "name", 0, OPTION_STRING, AT (name), "NAME", "another name for the lab" },
    { "unique", 0, OPTION_FLAG, AT (unique), NULL, "a name of its own, and nothing of it stays" },
    { "artifacts", 'a', OPTION_STRING, AT (artifacts), "DIR", "what a failure left, put there" },
    { "artifacts-always", 0, OPTION_FLAG, AT (artifacts_always), NULL, "also of a success" },
    { "junit", 0, OPTION_STRING, AT (junit), "FILE", "a report for CI systems" },
    { "keep", 0, OPTION_FLAG, AT (keep), NULL, "leave the lab up at the end" },
    { "resources", 'r', OPTION_FLAG, AT (resources), NULL, "cores, memory and disk that it takes" },
    { "sbatch", 0, OPTION_FLAG, AT (sbatch), NULL, "the same as directives for Slurm" },
    { "enter", 0, OPTION_FLAG, AT (enter), NULL, "press Enter at the end" },
    { "write", 'w', OPTION_STRING, AT (write), "FILE", "where to; `-` is standard output" },
    { "duration", 0, OPTION_STRING, AT (duration), "TIME", "end after that long (10s)" },
    { "count", 'c', OPTION_STRING, AT (count), "N", "end after N frames" },
    { "from", 0, OPTION_STRING, AT (from), "CHECKPOINT", "go on from there; with --name a copy" },
    { "source", 0, OPTION_STRING, AT (source), "DIR", "the source: a folder or a tarball" },
    { "patches", 0, OPTION_STRING, AT (patches), "DIR", "the patches that are applied to it" },
    { "target", 0, OPTION_STRING, AT (target), "TARGET", "x86_64-softmmu unless said" },
    { "format", 0, OPTION_STRING, AT (format), "FORMAT", "qcow2 or raw; of graph dot or svg" },
    { "backing", 'b', OPTION_STRING, AT (backing), "FILE", "an overlay on this image" },
    { "speed", 0, OPTION_STRING, AT (speed), "SIZE", "bytes a second, at most (100M)" },
    { "mode", 0, OPTION_STRING, AT (mode), "MODE", "overlay (the default), reflink or copy" },
    { "delete-disks", 0, OPTION_FLAG, AT (delete_disks), NULL, "delete the lab's own disks, too" },
    { "once", 0, OPTION_FLAG, AT (once), NULL, "begin with boot.once, as the first time" },
    { "reset-vars", 0, OPTION_FLAG, AT (reset_vars), NULL, "forget what the UEFI firmware knows" },
    { "yes", 'y', OPTION_FLAG, AT (yes), NULL, "do not ask" },
    { "nocow", 0, OPTION_FLAG, AT (nocow), NULL, "no copy-on-write below (btrfs)" },
    { "stay", 0, OPTION_FLAG, AT (stay), NULL, "be the supervisor, until the lab is down" },
    { "dry-run", 0, OPTION_FLAG, AT (dry_run), NULL, "tell what would be done, and do nothing" },
    { NULL },
};

const Verb verb_table[] = {
    { "up", "deploy", "", 0, 0, "bring a lab up",
      "Makes images and switches, starts the machines in parallel and returns when every one is "
      "ready. A step that fails, or Ctrl-C, undoes everything; a machine that does not become "
      "ready in time leaves the lab up to be looked at. What other labs and processes have is told "
      "before anything starts; --force starts all the same where that is memory or a MAC "
      "address. A lab that is up becomes what the profile says now: machines that are new start, "
      "those that are gone stop, host ports, policies, VLANs, addresses and mtu of switches change "
      "as they run, NICs and disks come and go where board and guest allow that, and what needs a "
      "restart is told and done only with --restart. Files of disks that go stay.",
      "file set name paused restart no-wait timeout force from json", verb_up,
      "roost up -f lab.yaml" },
    { "run", NULL, "COMMAND…", 1, -1, "a lab for one command",
      "Brings the lab up, waits until it is ready, runs the command and takes the lab down, "
      "whatever happens: the command fails, a signal (INT, TERM, HUP), --timeout, which is for "
      "all of it, or a machine that crashes. Write -- before the command. It finds ROOST_LAB, "
      "ROOST_CONTROL (the lab's socket), ROOST_MACHINES and, for each machine M, ROOST_M_QMP, "
      "ROOST_M_SERIAL0, ROOST_M_MAC_NIC, and for each forward F ROOST_M_F (host:port), "
      "ROOST_M_F_HOST and ROOST_M_F_PORT, all in capitals with _ for what is no letter or digit. "
      "The status is that of the command, or 128 and the signal that ended it, or 120 and the "
      "status that is told below when the failure is roost's own. --grace asks guests to power "
      "off at the end instead of pulling the plug.",
      "file set name unique timeout from artifacts artifacts-always junit keep grace force",
      verb_run, "roost run -f lab.yaml --timeout 20m -a out -- ./test.sh", 120 },
    { "down", "destroy", "[LAB]", 0, 1, "take a lab down",
      "Presses each power button, then quits, then kills; --force skips the power button. Disks "
      "and logs stay, unless --delete-disks says otherwise: then the disks that roost has made go, "
      "and no other file.",
      "file lab set force grace json delete-disks yes", verb_down, "roost down web --grace 10s" },
    { "ps", "ls", "", 0, 0, "list the labs that are up",
      "Machines are shown as running/all; --json also names those that boot.once is due for. With "
      "--all those that are down as well, and how much "
      "their disks and logs take. With --usage the machines that run: the load now, as a part of "
      "one processor of the host, the memory of the emulator, with its part of what is shared, "
      "the time of processors that it has had, and since when it runs.",
      "json all usage", verb_ps, "roost ps --usage" },
    { "adopt", NULL, "[LAB]", 0, 1, "take over orphaned labs",
      "Any command on such a lab does so by itself; without LAB it is done for every lab. What was "
      "under way goes on: a lab that was coming up comes up, one that was going down goes down. "
      "With --stay this process becomes the supervisor when there is none, as the unit "
      "roost@LAB.service of the user's systemd does.",
      "lab stay json", verb_adopt, "roost adopt" },
    { "gc", NULL, "", 0, 0, "remove what dead labs left",
      "Takes down the labs that have no supervisor and no machine that runs, and removes what a "
      "supervisor that was killed on its last step has left. Labs that live, disks and logs are "
      "not touched.",
      "dry-run json", verb_gc, "roost gc --dry-run" },
    { "status", "inspect", "[LAB]", 0, 1, "show the machines of a lab",
      "States, processes, and the addresses of the host that lead into each machine.",
      "file lab set json", verb_status, "roost status web --json" },
    { "check", "validate", "[FILE]", 0, 1, "look for mistakes",
      "Does everything that `up` does before it touches the host, and tells all mistakes in one "
      "run.",
      "file set force json", verb_check, "roost check - < lab.yaml" },
    { "plan", NULL, "[FILE]", 0, 1, "show what `up` would do",
      "The very list of steps that `up` carries out; touches nothing. Of a lab that is up it shows "
      "first what would change. --resources and --sbatch tell a scheduler what the lab takes.",
      "file set force restart json resources sbatch", verb_plan },
    { "argv", NULL, "[MACHINE]", 0, 1, "show QEMU command lines",
      "One option a line; with --json the very array that is executed.", "file set force json",
      verb_argv, "roost argv web1" },
    { "schema", NULL, "", 0, 0, "print the profile schema",
      "A JSON Schema, by which an editor completes and checks profiles.", "", verb_schema,
      "roost schema > roost.schema.json" },
    { "start", NULL, "MACHINE…", 1, -1, "start stopped machines",
      "All of them at once. Returns when they are ready. With --reset-vars the UEFI firmware "
      "begins as it did the first "
      "time.",
      "file lab set paused no-wait timeout reset-vars once", verb_start, "roost start web1 web2" },
    { "stop", NULL, "MACHINE…", 1, -1, "power machines off",
      "Presses the power button, then quits, then kills; --force skips the power button. The lab "
      "stays up.",
      "file lab set force grace", verb_stop, "roost stop 'web*' --grace 1m" },
    { "restart", NULL, "MACHINE…", 1, -1, "stop and start machines",
      "As stop and then start: a new process of the emulator.",
      "file lab set force grace no-wait timeout", verb_restart },
    { "pause", NULL, "MACHINE…", 1, -1, "stop machines' processors",
      "The processes stay, and go on with resume.", "file lab set", verb_pause },
    { "resume", NULL, "MACHINE…", 1, -1, "let paused machines go on",
      "Also starts the processors of what `up --paused` left standing.", "file lab set",
      verb_resume },
    { "reset", NULL, "MACHINE…", 1, -1, "press the reset button",
      "The machine starts anew; its process stays.", "file lab set", verb_reset },
    { "console", NULL, "MACHINE [PORT]", 1, 2, "attach to a serial port",
      "Ctrl-] ends it. PORT counts from 0. What the port says is logged all the same.",
      "file lab set", verb_console, "roost console web1" },
    { "log", "logs", "[MACHINE…]", 0, -1, "show what machines said",
      "The log of the first serial port, unless an option says otherwise; without MACHINE of all "
      "machines of the lab, also of one that is down. Of several, each line has its machine's name "
      "before it. What a log holds to control a terminal does not reach yours, but for colours; a "
      "file or a pipe gets it as it is.",
      "file lab set follow lines stderr qmp supervisor why json", verb_log,
      "roost log web1 --follow" },
    { "shell", NULL, "MACHINE|PATH", 1, 1, "talk QMP to a machine",
      "PATH is any QMP socket: it begins with / or ./ . Tab completes, `help` tells the rest. "
      "Without a terminal it runs the lines of its input up to the first that "
      "fails. " QMP_STATUS_HELP,
      "file lab set agent json read-only timeout", verb_shell, "roost shell web1" },
    { "qmp", NULL, "MACHINE|PATH COMMAND [KEY=VALUE…]", 2, -1, "send a QMP command",
      "PATH is any QMP socket: it begins with / or ./ . COMMAND may be a whole JSON object; `-` "
      "runs the lines of the standard input up to the first that fails. a.b=1 sets a member of a "
      "member, KEY=1,2 a list, KEY='\"1\"' is always a string, KEY:=JSON is JSON, KEY=@FILE the "
      "text of a file; @fd:3 and @open:FILE, for getfd and add-fd, are the descriptor that goes "
      "with it. A value is sent as what it looks like, and as what the schema wants when "
      "the machine refuses that. " QMP_STATUS_HELP,
      "file lab set hmp agent json read-only timeout", verb_qmp, "roost qmp web1 query-status" },
    { "hmp", NULL, "MACHINE|PATH LINE…", 2, -1, "send a monitor line",
      "To the human monitor. A text that tells of an error is a failure (1).",
      "file lab set timeout", verb_hmp, "roost hmp web1 info status" },
    { "events", NULL, "[MACHINE|PATH]", 0, 1, "follow events",
      "Of a machine or of the whole lab, one JSON object a line, until the lab is down: restarts "
      "of the machine and of the supervisor are waited out. With --wait it ends when that event "
      "comes; 6 when it does not come in time. --data, a.b=1 for a member of a member, may be "
      "given several times.",
      "file lab set agent data last wait timeout", verb_events,
      "roost events web1 --wait SHUTDOWN" },
    { "type", NULL, "MACHINE TEXT…", 2, -1, "type on the keyboard",
      "As on a US keyboard, one key after the other; texts are separated by a space. A line break "
      "is Enter. Guests lose keys that come too fast: --delay.",
      "file lab set delay enter", verb_type, "roost type web1 root --enter" },
    { "send-key", NULL, "MACHINE KEY…", 2, -1, "press keys",
      "KEY is a name of QEMU's (f2, ret, pgup, kp_enter, …), a common one (enter, esc, del, "
      "ctrl, …) or several joined by -, which are held together.",
      "file lab set delay", verb_send_key, "roost send-key web1 ctrl-alt-f2 enter" },
    { "screenshot", NULL, "MACHINE", 1, 1, "picture the screen",
      "A PNG, by default MACHINE.png in the current directory.", "file lab set write",
      verb_screenshot, "roost screenshot esxi1 -w - | display" },
    { "wait", NULL, "MACHINE…", 1, -1, "wait for what it shows",
      "For all that is said, within --timeout (5m); without any of it, until the machine is "
      "ready as its profile has it. --serial looks at what was said since the start of the "
      "machine, unless --new. When it is in vain the reason is told, with status 6 for time that "
      "is over and 5 for a machine that has stopped.",
      "file lab set serial new tcp https screen-stable qmp-event timeout", verb_wait,
      "roost wait web1 --serial 'login:' --timeout 2m" },
    { "forward", NULL, "list|add|remove [MACHINE [RULE]]", 1, 3, "host ports of machines",
      "list [MACHINE]; add MACHINE RULE, on a machine that runs, where host port 0 is any free "
      "one; remove MACHINE NAME, or its host port.",
      "file lab set json", verb_forward,
      "roost forward add web1 \"tcp:127.0.0.1:2222-:22 as ssh\"" },
    { "link", NULL, "MACHINE NIC [up|down]", 2, 3, "pull and plug cables",
      "On any switch. --delay, --loss and --rate are for what comes to the NIC, on switches of "
      "type bridge and ovs, until they are said anew (--delay 0 ends them) or the lab goes down; "
      "the kernel needs netem for them.",
      "file lab set delay loss rate", verb_link, "roost link web1 lan down" },
    { "net", NULL, "[LAB] | up | down [LAB]", 0, 2, "show switches and ports",
      "Ports, VLANs, what each has carried and the addresses that were learned behind it, of "
      "every switch but QEMU's NAT; behind an address are its VLANs where these are not the "
      "port's alone. Frames that the machine has sent are received. `net up`, as "
      "root, makes the bridges and taps of a profile beforehand, for the `up` of --owner, who "
      "needs no privilege then; `net down` takes them away.",
      "file lab set owner json", verb_net, "roost net up -f lab.yaml --owner me" },
    { "capture", NULL, "MACHINE NIC", 2, 2, "frames of a NIC to a file",
      "Whatever the NIC is plugged into, and without privilege. FILE is in pcap format, or in "
      "pcapng when its name ends so. Ctrl-C, --count, --duration or the end of the machine ends "
      "it.",
      "file lab set write count duration", verb_capture, "roost capture web1 lan -w lan.pcap" },
    { "exec", NULL, "LAB -- COMMAND…", 2, -1, "run a command in a network",
      "In the network of a private lab, as its root: ping, ssh, tcpdump, a server; ovs-vsctl and "
      "its like mean the Open vSwitch of the lab. The exit status "
      "is that of the command.",
      "", verb_exec, "roost exec web -- ping -c 1 10.0.0.1" },
    { "ssh", NULL, "MACHINE [COMMAND…]", 1, -1, "log in to a machine",
      "Becomes the ssh of this host: through the forward to the machine's port 22, or one that is "
      "made for as long as it runs, or to ssh.address of the profile, which in a private lab is "
      "one "
      "of its own network. Keys of servers are kept with the lab, and forgotten with its disks. "
      "Write -- before a command with options.",
      "file lab set user identity option", verb_ssh, "roost ssh web1 -- uname -a" },
    { "cp", NULL, "FILE… FILE", 2, -1, "copy from and to machines",
      "Becomes the scp of this host, as `roost ssh` becomes ssh. MACHINE:PATH is a file of a "
      "machine, and ./a:b one of this host.",
      "file lab set user identity option recursive", verb_cp, "roost cp -r web1:/var/log logs" },
    { "graph", NULL, "[LAB]", 0, 1, "draw what is connected",
      "Of a lab that is up, or of the profile. dot is for graphviz; svg needs no other program.",
      "file lab set format", verb_graph, "roost graph -f lab.yaml --format svg > lab.svg" },
    { "media", NULL, "eject|insert MACHINE DISK [FILE]", 3, 4, "change what is in a drive",
      "Of a machine that runs; when it is started anew it has what the profile says.",
      "file lab set", verb_media, "roost media insert web1 cd tools.iso" },
    { "image", NULL, "WORD [FILE…]", 1, -1, "disk images",
      "list [LAB]: roost's own images, those of a lab or all; info FILE; create FILE SIZE, or with "
      "--backing an overlay; clone IMAGE FILE, as --mode says; convert IMAGE FILE, to --format; "
      "commit FILE: into the image that it stands on; rebase FILE [IMAGE]: onto another image, or "
      "none; resize FILE SIZE: to more, never less; check FILE; rm FILE or LAB/MACHINE/DISK: what "
      "roost has made, and nothing else. What is in use is refused. snapshot MACHINE DISK: a new "
      "layer for a disk of a machine that runs, whose file until then stays as it is. backup "
      "MACHINE DISK FILE: a copy of it as it is at this instant. commit MACHINE DISK [LAYER]: its "
      "layers go into those below them, down to LAYER, as far as no checkpoint and no other image "
      "needs what they show; with --force into the image of yours below them, too. stream MACHINE "
      "DISK [LAYER]: what is below its newest layer comes into it, down to LAYER or all. These "
      "tell how far they are, Ctrl-C or cancel MACHINE DISK gives them up, and the disk shows what "
      "it showed.",
      "lab json format backing mode nocow force speed", verb_image,
      "roost image create data.qcow2 16G" },
    { "checkpoint", NULL, "save|restore|list|show|rm [NAME] [LAB]", 1, 3, "save and restore labs",
      "save NAME: memory, devices, disks and firmware of all machines at one instant; the lab goes "
      "on. restore NAME: the lab is what it was; what its disks have had since is gone, unless "
      "another checkpoint has it. The machines' disks must be roost's own. `up --from NAME` does "
      "the same for a lab that is down. With --name, or `run --unique`, another lab goes on from "
      "there, and any number of them at once: each has layers of its own over the saved disks, "
      "ports and an internal segment of its own, and the addresses of the saved machines. "
      "`--from LAB/NAME` is a checkpoint of another lab than the profile names. rm NAME is "
      "refused while a copy needs it, and takes the layers back that it has added to the disks, "
      "also of machines that run. Ctrl-C and `down` cancel a save. Of a machine that is off the "
      "disks are saved, and it stays off. `up --name` without --from brings a copy that is down up "
      "again, from the disks that it has.",
      "file lab set force no-wait timeout json", verb_checkpoint, "roost checkpoint save ready" },
    { "doctor", NULL, "[FILE]", 0, 1, "examine this host",
      "What it lacks for labs, why that matters and the command that mends it. With a profile, "
      "whether it can run: what it needs and the host has not is a problem, and the exit status "
      "is 4. Nothing is changed.",
      "file set json", verb_doctor, "roost doctor -f lab.yaml" },
    { "emulator", NULL, "list|probe|build|add|rm [NAME] [-- OPTION…]", 1, -1,
      "choose and build QEMU",
      "list: those that have names; probe [NAME|PATH]: what one offers; build NAME: from "
      "--source, which is only read, with the patches of --patches in the order of its file "
      "series or of their names, into a folder of its own; OPTIONs go to its configure. A build "
      "that was cut off goes on. add NAME PATH: one that is there already. Machines of all labs "
      "take either by `emulator: NAME`. rm NAME deletes what was built, and forgets what was "
      "added.",
      "json source patches target", verb_emulator,
      "roost emulator build mine --source qemu-7.2 --patches p" },
    { "import", NULL, "FILE", 1, 1, "make a profile of machines",
      "FILE is a domain of libvirt's (virsh dumpxml) or a text with a command line of QEMU; `-` is "
      "the standard input. The profile goes to the standard output; what could not be carried "
      "over is told, and stands in its first lines.",
      "json", verb_import, "roost import esxi.xml > esxi.yaml" },
    { "version", NULL, "", 0, 0, "print the version", NULL, "json", verb_version },
    { NULL },
};

/* not for people, and so not in the table: the supervisor of a lab */
static const Verb supervise = { "supervise", NULL, "LAB",         1, 1, "mind a lab (internal)",
                                NULL,        "",   verb_supervise };

const Verb *
verb_find (const char *name)
{
    for (const Verb *verb = verb_table; verb->name; verb++)
        if (g_str_equal (verb->name, name) || g_strcmp0 (verb->alias, name) == 0)
            return verb;
    return strcmp (name, supervise.name) == 0 ? &supervise : NULL;
}

gboolean
verb_takes (const Verb *verb, const char *option)
{
    g_auto (GStrv) names = g_strsplit (verb->options, " ", -1);

    return g_strv_contains ((const char *const *)names, option);
}
