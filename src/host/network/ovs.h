/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said to Open vSwitch, as command lines of its tools, and what they answer.
 * Whatever is made carries the step's mark in `external_ids:roost`.
 */
#pragma once

#include "plan/step.h"

/**
 * ovs_make_argv:
 *
 * Returns: (transfer full): one transaction that makes every bridge and port
 */
GStrv ovs_make_argv (const OvsStep *step);

/**
 * ovs_errors_argv:
 *
 * Returns: (transfer full): asks what became of the interfaces of @step
 */
GStrv ovs_errors_argv (const OvsStep *step);

/**
 * ovs_check_errors:
 * @answer: to ovs_errors_argv()
 *
 * The transaction succeeds also when no interface came of it.
 */
gboolean ovs_check_errors (const char *answer, GError **error);

/**
 * ovs_flows_argv:
 *
 * Returns: (transfer full): gives @bridge the rules of its file
 */
GStrv ovs_flows_argv (const OvsStep *step, const NetworkStep *bridge);

/**
 * ovs_ports_argv: (and ovs_learned_argv)
 *
 * Returns: (transfer full): asks for the numbers of all interfaces; for what @bridge
 * has learned, by these numbers
 */
GStrv ovs_ports_argv (const OvsStep *step);
GStrv ovs_learned_argv (const OvsStep *step, const NetworkStep *bridge);

/**
 * ovs_find_port:
 * @interfaces: the answer to ovs_ports_argv()
 *
 * Returns: (transfer full) (nullable): which port of @bridge has that number
 */
char *ovs_find_port (const char *interfaces, int number, const NetworkStep *bridge);

/**
 * ovs_find_argv:
 * @table: Bridge or Port
 *
 * Returns: (transfer full): asks which rows carry the step's mark
 */
GStrv ovs_find_argv (const OvsStep *step, const char *table);

/**
 * ovs_remove_argv:
 * @bridges: the answer to ovs_find_argv() about bridges
 * @ports: and about ports
 *
 * Returns: (transfer full) (nullable): one transaction that removes them; %NULL when
 * there is nothing to remove
 */
GStrv ovs_remove_argv (const OvsStep *step, const char *bridges, const char *ports);
