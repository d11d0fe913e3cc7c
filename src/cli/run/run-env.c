/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the ROOST_ variables of the command of `roost run`. */
#include "cli/common/output.h"
#include "cli/run/run.h"

/* ROOST_ and the words, in capitals, joined by _ */
static char *
variable (const char *machine, const char *word, const char *suffix)
{
    g_autofree char *joined =
        g_strjoin ("_", "ROOST", machine, word, *suffix ? suffix : NULL, NULL);
    char *name = g_ascii_strup (joined, -1);

    for (char *at = name; *at; at++)
        if (!g_ascii_isalnum (*at))
            *at = '_';
    return name;
}

static void
set (GStrv *env, const char *machine, const char *word, const char *suffix, const char *value)
{
    g_autofree char *name = variable (machine, word, suffix);

    if (value)
        *env = g_environ_setenv (*env, name, value, TRUE);
}

static void
set_forward (GStrv *env, const char *machine, JsonObject *forward)
{
    const char *name = member_string (forward, "name", NULL);
    const char *address = member_string (forward, "host_address", "");
    gint64 port = json_object_get_int_member_with_default (forward, "bound_port", 0);
    gint64 guest_port = json_object_get_int_member_with_default (forward, "guest_port", 0);
    g_autofree char *word =
        name ? g_strdup (name) : g_strdup_printf ("%" G_GINT64_FORMAT, guest_port);
    g_autofree char *port_text = g_strdup_printf ("%" G_GINT64_FORMAT, port);
    const char *host = *address && !g_str_equal (address, "0.0.0.0") ? address : "127.0.0.1";
    g_autofree char *both = g_strdup_printf ("%s:%s", host, port_text);

    set (env, machine, word, "", both);
    set (env, machine, word, "HOST", host);
    set (env, machine, word, "PORT", port_text);
}

static void
set_machine (GStrv *env, JsonObject *machine)
{
    const char *name = member_string (machine, "name", "");
    JsonArray *serials = json_object_get_array_member (machine, "serial_sockets");
    JsonArray *nics = json_object_get_array_member (machine, "nics");
    JsonArray *forwards = json_object_get_array_member (machine, "forwards");

    set (env, name, "QMP", "", member_string (machine, "qmp", NULL));
    set (env, name, "VNC", "", member_string (machine, "vnc", NULL));
    for (guint i = 0; i < json_array_get_length (serials); i++) {
        g_autofree char *word = g_strdup_printf ("SERIAL%u", i);

        set (env, name, word, "", json_array_get_string_element (serials, i));
    }
    for (guint i = 0; i < json_array_get_length (nics); i++) {
        JsonObject *nic = json_array_get_object_element (nics, i);

        set (env, name, "MAC", member_string (nic, "name", ""), member_string (nic, "mac", NULL));
    }
    for (guint i = 0; i < json_array_get_length (forwards); i++)
        set_forward (env, name, json_array_get_object_element (forwards, i));
}

GStrv
run_environment (const Run *run, JsonObject *lab)
{
    GStrv env = g_get_environ ();
    g_autoptr (GString) names = g_string_new (NULL);
    JsonArray *machines = json_object_get_array_member (lab, "machines");
    g_autofree char *control = g_build_filename (run->plan->run_dir, "lab.sock", NULL);

    for (guint i = 0; i < json_array_get_length (machines); i++) {
        JsonObject *machine = json_array_get_object_element (machines, i);

        g_string_append_printf (names, "%s%s", i ? " " : "", member_string (machine, "name", ""));
        set_machine (&env, machine);
    }
    /* last: no name of a machine can stand for one of these */
    env = g_environ_setenv (env, "ROOST_LAB", run->plan->lab, TRUE);
    env = g_environ_setenv (env, "ROOST_CONTROL", control, TRUE);
    env = g_environ_setenv (env, "ROOST_MACHINES", names->str, TRUE);
    if (run->options->artifacts)
        env = g_environ_setenv (env, "ROOST_ARTIFACTS", run->options->artifacts, TRUE);
    return env;
}
