/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another user than our own: who that is, what that user can reach, and files that
 * are to be that user's.  Only root has a use for it.
 */
#pragma once

#include "plan/run-as.h"

#include <unistd.h>

/**
 * run_as_find:
 * @text: NAME, NAME:GROUP, or numbers in their place
 * @kvm: the device whose group comes along, where it has one that can use it
 * @ret: (out) (transfer full) (nullable): %NULL for the user that we are
 *
 * Returns: (transfer full) (nullable): why programs cannot be run as that user,
 * and what to do; %NULL when they can
 */
char *run_as_find (const char *text, const char *kvm, RunAs **ret);

/**
 * run_as_can:
 * @mode: %R_OK, %W_OK, %X_OK or several of them
 *
 * Asks the kernel, with the rights of @user: folders above @path count.
 *
 * Returns: whether @user can open @path so
 */
gboolean run_as_can (const RunAs *user, const char *path, int mode);

/**
 * run_as_problem:
 *
 * Like run_as_can(), and tells what to do.
 *
 * Returns: (transfer full) (nullable): `user nobody cannot read FILE: chmod …`,
 * with a command for all of it that is closed; %NULL when nothing is
 */
char *run_as_problem (const RunAs *user, const char *path, int mode);

/**
 * run_as_give:
 * @user: (nullable): %NULL does nothing
 * @path: a file of our own
 *
 * The file belongs to @user from now on.  A symbolic link is not followed, and a file
 * that has other names is refused: it may be somebody's.
 */
gboolean run_as_give (const RunAs *user, const char *path, GError **error);

/**
 * run_as_take_back:
 *
 * The opposite: what @user has written is ours again.
 */
gboolean run_as_take_back (const RunAs *user, const char *path, GError **error);

/**
 * run_as_make_file:
 *
 * The same for a file that is made, empty and 0600, when it is not there.
 */
gboolean run_as_make_file (const RunAs *user, const char *path, GError **error);

/**
 * run_as_make_directory:
 * @theirs: it belongs to @user (0700); otherwise it is ours, and @user's group can
 *   reach what it knows the name of (0710)
 *
 * Also lets everybody pass through the directory above when that is ours: it is
 * the one where labs of several users lie side by side.
 */
gboolean run_as_make_directory (const RunAs *user, const char *path, gboolean theirs,
                                GError **error);
