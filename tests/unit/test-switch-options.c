/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of the internal switch. */
#include "switch/options.h"

#include "base/error.h"
#include "unit/tap.h"

#include <string.h>

static SwitchOptions *
parse (const char *line, GError **error)
{
    g_auto (GStrv) argv = g_strsplit (line, " ", -1);

    return switch_options_parse (argv, error);
}

START_TEST (test_good)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (SwitchOptions) options =
        parse ("roost-switch --name lan --control /r/lan --ageing 300 --port a/n --local /r/a.s "
               "--remote /r/a.m --port b/n --local=/r/b.s --remote=/r/b.m --vlan 252 --port c/n "
               "--local /r/c.s --remote /r/c.m --trunk 10,20-29 --vlan 5 --ready-fd 7",
               &error);
    const PortOptions *port;

    ck_assert_msg (options != NULL, "%s", error ? error->message : "");
    ck_assert_str_eq (options->name, "lan");
    ck_assert_str_eq (options->control, "/r/lan");
    ck_assert_int_eq (options->ageing, 300000);
    ck_assert_int_eq (options->ready_fd, 7);
    ck_assert_uint_eq (options->ports->len, 3);
    port = &g_array_index (options->ports, PortOptions, 0);
    ck_assert_str_eq (port->name, "a/n");
    ck_assert_str_eq (port->local, "/r/a.s");
    ck_assert_str_eq (port->remote, "/r/a.m");
    ck_assert_int_eq (port->vlans.mode, VLAN_PLAIN);
    port = &g_array_index (options->ports, PortOptions, 1);
    ck_assert_str_eq (port->remote, "/r/b.m");
    ck_assert_int_eq (port->vlans.mode, VLAN_ACCESS);
    ck_assert_uint_eq (port->vlans.vlan, 252);
    port = &g_array_index (options->ports, PortOptions, 2);
    ck_assert_int_eq (port->vlans.mode, VLAN_TRUNK);
    ck_assert_uint_eq (port->vlans.vlan, 5);
    ck_assert (vlan_set_has (&port->vlans.trunk, 10) && vlan_set_has (&port->vlans.trunk, 29));
    ck_assert (!vlan_set_has (&port->vlans.trunk, 11));
}
END_TEST

START_TEST (test_fractions_of_seconds)
{
    g_autoptr (SwitchOptions) options = parse ("s --name n --control /c --ageing 0.2", NULL);

    ck_assert_ptr_nonnull (options);
    ck_assert_int_eq (options->ageing, 200);
    ck_assert_int_eq (options->ready_fd, -1);
    ck_assert_uint_eq (options->ports->len, 0);
}
END_TEST

#define GLOBAL "s --name n --control /c --ageing 1"
#define PORT " --port p --local /l --remote /r"

static const struct {
    const char *line;
    const char *text; /* part of the sentence */
} bad[] = {
    { "s", "--name is missing" },
    { "s --name n", "--control is missing" },
    { "s --name n --control /c", "--ageing is missing" },
    { GLOBAL " --name m", "--name" },
    { GLOBAL " --name=", "--name" },
    { GLOBAL " --bogus", "unknown option \"--bogus\"" },
    { GLOBAL " word", "unknown option \"word\"" },
    { GLOBAL " --ready-fd", "--ready-fd wants" },
    { GLOBAL " --ready-fd 2", "--ready-fd \"2\"" },
    { GLOBAL " --ready-fd x", "--ready-fd \"x\"" },
    { "s --name n --control /c --ageing 0", "--ageing \"0\"" },
    { "s --name n --control /c --ageing -1", "--ageing \"-1\"" },
    { "s --name n --control /c --ageing soon", "--ageing \"soon\"" },
    { GLOBAL " --local /l", "--local must stand behind the --port" },
    { GLOBAL " --vlan 1", "--vlan must stand behind the --port" },
    { GLOBAL " --port p --local /l", "port p: --remote is missing" },
    { GLOBAL " --port p --remote /l", "port p: --local is missing" },
    { GLOBAL PORT " --vlan 0", "--vlan \"0\"" },
    { GLOBAL PORT " --vlan 4095", "--vlan \"4095\"" },
    { GLOBAL PORT " --vlan 1 --vlan 2", "--vlan \"2\"" },
    { GLOBAL PORT " --trunk 10-5", "--trunk \"10-5\"" },
    { GLOBAL PORT " --trunk=", "--trunk \"\"" },
    { GLOBAL PORT " --trunk 1 --trunk 2", "--trunk \"2\"" },
    { GLOBAL PORT " --local /x", "--local \"/x\"" },
    { GLOBAL PORT PORT, "\"p\" is given twice" },
    { GLOBAL PORT " --port q --local /l --remote /s", "\"/l\" is given twice" },
    { GLOBAL PORT " --port q --local /s --remote /c", "\"/c\" is given twice" },
};

START_TEST (test_bad)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (SwitchOptions) options = parse (bad[_i].line, &error);

    ck_assert_ptr_null (options);
    ck_assert_int_eq (error->code, ROOST_ERROR_USAGE);
    ck_assert_msg (strstr (error->message, bad[_i].text) != NULL, "%s: \"%s\"", bad[_i].line,
                   error->message);
}
END_TEST

START_TEST (test_long_path)
{
    g_autofree char *path = g_strnfill (108, 'x');
    g_autofree char *line = g_strdup_printf ("s --name n --ageing 1 --control %s", path);
    g_autoptr (SwitchOptions) options = parse (line, NULL);

    ck_assert_ptr_null (options);
    line[strlen (line) - 1] = '\0';
    options = parse (line, NULL);
    ck_assert_ptr_nonnull (options);
}
END_TEST

START_TEST (test_too_many_ports)
{
    g_autoptr (GString) line = g_string_new (GLOBAL);
    g_autoptr (GError) error = NULL;
    g_autoptr (SwitchOptions) options = NULL;

    for (int i = 0; i < 1024; i++)
        g_string_append_printf (line, " --port p%d --local /l%d --remote /r%d", i, i, i);
    options = parse (line->str, NULL);
    ck_assert_ptr_nonnull (options);
    g_string_append (line, " --port q --local /l --remote /r");
    ck_assert_ptr_null (parse (line->str, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "--port \"q\""));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("switch-options");
    TCase *words = tcase_create ("words");

    tcase_add_test (words, test_good);
    tcase_add_test (words, test_fractions_of_seconds);
    tcase_add_loop_test (words, test_bad, 0, G_N_ELEMENTS (bad));
    tcase_add_test (words, test_long_path);
    tcase_add_test (words, test_too_many_ports);
    suite_add_tcase (suite, words);
    return run_tap (suite);
}
