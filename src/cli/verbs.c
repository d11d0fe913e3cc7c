/* Owns the tables of verbs and options, and nothing that they do. */
#include "cli/verb.h"

#include "cli/qmp-status.h"

#include <stddef.h>
#include <string.h>

#define AT(member) offsetof (Options, member)

const Option option_table[] = {
    { "file", 'f', OPTION_STRING, AT (file), "FILE", "the profile; `-` is standard input" },
    { "lab", 'l', OPTION_STRING, AT (lab), "LAB", "a lab that runs, by name" },
    { "set", 's', OPTION_STRINGS, AT (set), "NAME=VALUE", "set a variable of the profile" },
    { "json", 'j', OPTION_FLAG, AT (json), NULL, "JSON for scripts" },
    { "force", 0, OPTION_FLAG, AT (force), NULL, "skip the gentle way, or a check that refuses" },
    { "paused", 0, OPTION_FLAG, AT (paused), NULL, "leave the processors stopped" },
    { "no-wait", 0, OPTION_FLAG, AT (no_wait), NULL, "do not wait until machines are ready" },
    { "timeout", 't', OPTION_STRING, AT (timeout), "TIME", "give up after that long (30s, 5m)" },
    { "grace", 0, OPTION_STRING, AT (grace), "TIME", "how long guests may take to power off" },
    { "follow", 'F', OPTION_FLAG, AT (follow), NULL, "go on as more is written" },
    { "lines", 'n', OPTION_STRING, AT (lines), "N", "only the last N lines" },
    { "stderr", 0, OPTION_FLAG, AT (errors), NULL, "what the emulator said" },
    { "supervisor", 0, OPTION_FLAG, AT (supervisor), NULL, "what the supervisor said" },
    { "hmp", 0, OPTION_FLAG, AT (hmp), NULL, "a command of the human monitor" },
    { "agent", 0, OPTION_FLAG, AT (agent), NULL, "the socket is of a guest agent" },
    { "wait", 'w', OPTION_STRING, AT (wait), "EVENT", "until this event comes (`*` is any text)" },
    { "format", 0, OPTION_STRING, AT (format), "FORMAT", "qcow2 (the default) or raw" },
    { "backing", 'b', OPTION_STRING, AT (backing), "FILE", "an overlay on this image" },
    { "nocow", 0, OPTION_FLAG, AT (nocow), NULL, "no copy-on-write below (btrfs)" },
    { NULL },
};

const Verb verb_table[] = {
    { "up", "deploy", "", 0, 0, "bring a lab up",
      "Returns when every machine is ready. When anything fails, everything is undone.",
      "file set paused no-wait timeout force json", verb_up },
    { "down", "destroy", "[LAB]", 0, 1, "take a lab down",
      "Presses each power button, then quits, then kills. Disks and logs stay.",
      "file lab set force grace json", verb_down },
    { "ps", "ls", "", 0, 0, "list the labs that are up", NULL, "json", verb_ps },
    { "status", "inspect", "[LAB]", 0, 1, "show the machines of a lab and how to reach them", NULL,
      "file lab set json", verb_status },
    { "check", "validate", "[FILE]", 0, 1, "say what is wrong with a profile",
      "Everything that `up` does before it touches the host.", "file set force json", verb_check },
    { "plan", NULL, "[FILE]", 0, 1, "show what `up` would do, step by step", NULL,
      "file set force json", verb_plan },
    { "argv", NULL, "[MACHINE]", 0, 1, "show the command line of each emulator",
      "One option a line; with --json the very array that is executed.", "file set force json",
      verb_argv },
    { "schema", NULL, "", 0, 0, "print the JSON Schema of profiles, for editors", NULL, "",
      verb_schema },
    { "start", NULL, "MACHINE…", 1, -1, "start machines that are stopped", NULL,
      "file lab set paused no-wait timeout", verb_start },
    { "stop", NULL, "MACHINE…", 1, -1, "power machines off", NULL, "file lab set force grace",
      verb_stop },
    { "restart", NULL, "MACHINE…", 1, -1, "stop machines and start them again", NULL,
      "file lab set force grace no-wait timeout", verb_restart },
    { "pause", NULL, "MACHINE…", 1, -1, "stop the processors of machines", NULL, "file lab set",
      verb_pause },
    { "resume", NULL, "MACHINE…", 1, -1, "let paused machines go on", NULL, "file lab set",
      verb_resume },
    { "reset", NULL, "MACHINE…", 1, -1, "press the reset button of machines", NULL, "file lab set",
      verb_reset },
    { "console", NULL, "MACHINE [PORT]", 1, 2, "attach to a serial port",
      "Ctrl-] ends it. PORT counts from 0.", "file lab set", verb_console },
    { "log", "logs", "[MACHINE]", 0, 1, "show the serial log of a machine", NULL,
      "file lab set follow lines stderr supervisor", verb_log },
    { "shell", NULL, "MACHINE|PATH", 1, 1, "talk QMP to a machine",
      "PATH is any QMP socket: it begins with / or ./ . Tab completes, `help` tells the rest.\n"
      "Without a terminal it runs the lines of its input up to the first that fails.\n"
      "\n" QMP_STATUS_HELP,
      "file lab set agent json timeout", verb_shell },
    { "qmp", NULL, "MACHINE|PATH COMMAND [KEY=VALUE…]", 2, -1, "send one QMP command to a machine",
      "PATH is any QMP socket: it begins with / or ./ . COMMAND may be a whole JSON object;\n"
      "`-` runs the lines of the standard input up to the first that fails.\n"
      "a.b=1 sets a member of a member, KEY=1,2 a list, KEY='\"1\"' is always a string,\n"
      "KEY:=JSON is JSON, KEY=@FILE the text of a file.  A value is sent as what it looks\n"
      "like, and as what the schema wants when the machine refuses that.\n"
      "\n" QMP_STATUS_HELP,
      "file lab set hmp agent json timeout", verb_qmp },
    { "hmp", NULL, "MACHINE|PATH LINE…", 2, -1, "send one line to the human monitor of a machine",
      "A text that tells of an error is a failure (1).", "file lab set timeout", verb_hmp },
    { "events", NULL, "[MACHINE|PATH]", 0, 1, "follow the events of a machine or a lab",
      "One JSON object a line. With --wait it ends when that event comes; 6 when it does not "
      "come in time.",
      "file lab set agent wait timeout", verb_events },
    { "forward", NULL, "list|add|remove [MACHINE [RULE]]", 1, 3, "host ports of a running machine",
      "add MACHINE \"tcp:127.0.0.1:2222-:22 as ssh\"; remove MACHINE ssh (or its host port).",
      "file lab set json", verb_forward },
    { "net", NULL, "[LAB]", 0, 1, "show internal switches: ports, addresses, counters", NULL,
      "file lab set json", verb_net },
    { "image", NULL, "list|create|info [FILE [SIZE]]", 1, 3, "disk images", NULL,
      "file lab set json format backing nocow", verb_image },
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
