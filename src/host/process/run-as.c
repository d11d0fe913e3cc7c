/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the looking up of users and what is done to files for them; see run-as.h.
 *
 * Processes are that user from before their first instruction (process-spawn.c).
 * QEMU's own -runas would open images as root first, drop its rights after it has
 * read what is in them, and then fail to open anything more: with -sandbox
 * elevateprivileges=deny it cannot even change its user.  A directory of the lab is
 * never that user's, but the one for sockets: the state and the book of disks, by
 * which root deletes files and starts programs, lie where only root can write.
 *
 * What the user can reach is asked of the kernel, not worked out from mode bits:
 * there are access control lists, read-only mounts and network file systems.  For
 * that the thread takes the user's file system identity for the time of one call;
 * the identity of a thread, by bare system calls, and no other thread's.
 */
#include "host/process/run-as.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* --- who it is --- */

static gboolean
parse_number (const char *text, gint64 *ret)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, &number, NULL))
        return FALSE;
    *ret = (gint64)number;
    return TRUE;
}

/* Returns: a problem, or NULL */
static char *
find_group (const char *text, gint64 *ret)
{
    const struct group *group = getgrnam (text);

    if (group)
        *ret = group->gr_gid;
    else if (!parse_number (text, ret))
        return g_strdup_printf ("there is no group %s: groupadd --system %s, or take another", text,
                                text);
    return NULL;
}

static void
add_group (GStrvBuilder *groups, gid_t gid)
{
    g_autofree char *text = g_strdup_printf ("%u", gid);

    g_strv_builder_add (groups, text);
}

/* those of the user, and that of the device where members of it can use it */
static GStrv
list_groups (const char *name, gid_t gid, const char *kvm)
{
    g_autoptr (GStrvBuilder) groups = g_strv_builder_new ();
    gid_t list[256];
    int n = G_N_ELEMENTS (list);
    gboolean has_kvm = FALSE;
    struct stat info;

    if (!name || getgrouplist (name, gid, list, &n) < 0)
        n = 0;
    if (stat (kvm, &info) < 0 || info.st_gid == 0 || (info.st_mode & 060) != 060)
        has_kvm = TRUE; /* or there is none to have */
    for (int i = 0; i < n; i++) {
        add_group (groups, list[i]);
        has_kvm |= list[i] == info.st_gid;
    }
    if (!has_kvm && gid != info.st_gid)
        add_group (groups, info.st_gid);
    return g_strv_builder_end (groups);
}

/* Returns: a problem, or NULL */
static char *
find_numbers (const char *text, const char *kvm, RunAs *user)
{
    g_auto (GStrv) parts = g_strsplit (text, ":", 2);
    const struct passwd *entry = parts[0] ? getpwnam (parts[0]) : NULL;
    g_autofree char *name = NULL;
    char *problem = NULL;

    if (!entry && parts[0] && parse_number (parts[0], &user->uid))
        entry = getpwuid (user->uid);
    else if (!entry)
        return g_strdup_printf ("there is no user %s: useradd --system %s, or take another",
                                parts[0] ? parts[0] : "", parts[0] ? parts[0] : "NAME");
    if (entry) {
        user->uid = entry->pw_uid;
        user->gid = entry->pw_gid;
        name = g_strdup (entry->pw_name);
    } else if (!parts[1]) {
        return g_strdup_printf ("user %s is only a number here: say its group too, as %s:%s", text,
                                text, text);
    }
    if (parts[1])
        problem = find_group (parts[1], &user->gid);
    if (!problem)
        user->groups = list_groups (name, user->gid, kvm);
    return problem;
}

char *
run_as_find (const char *text, const char *kvm, RunAs **ret)
{
    g_autoptr (RunAs) user = record_new (&run_as_record);
    char *problem = find_numbers (text, kvm, user);

    if (problem)
        return problem;
    user->name = g_strdup (text);
    if (user->uid == geteuid () && (user->gid == getegid () || geteuid () == 0))
        return NULL; /* as we are: root is root whatever its group */
    if (geteuid () != 0)
        return g_strdup_printf ("only root can run machines as another user, and this is user %u: "
                                "run roost as root, or as %s, or leave user out",
                                geteuid (), text);
    *ret = g_steal_pointer (&user);
    return NULL;
}

/* --- what that user can reach --- */

typedef struct {
    int n_groups;
    gid_t *groups; /* ours */
} Identity;

static void
take_identity (const RunAs *user, Identity *ours)
{
    guint n = user->groups ? g_strv_length (user->groups) : 0;
    g_autofree gid_t *theirs = g_new0 (gid_t, n + 1);

    ours->n_groups = MAX (getgroups (0, NULL), 0);
    ours->groups = g_new0 (gid_t, ours->n_groups + 1);
    ours->n_groups = getgroups (ours->n_groups, ours->groups);
    for (guint i = 0; i < n; i++)
        theirs[i] = (gid_t)g_ascii_strtoull (user->groups[i], NULL, 10);
    syscall (SYS_setgroups, n, theirs);
    setfsgid ((gid_t)user->gid);
    setfsuid ((uid_t)user->uid);
}

static void
give_identity_back (Identity *ours)
{
    setfsuid (geteuid ());
    setfsgid (getegid ());
    syscall (SYS_setgroups, ours->n_groups, ours->groups);
    g_free (ours->groups);
}

/* @fd: opened by us with O_PATH, and looked at alone; AT_FDCWD: the way to @path
 * counts as well */
static gboolean
may (const RunAs *user, int fd, const char *path, int mode)
{
    Identity ours;
    int flags = AT_EACCESS | (fd == AT_FDCWD ? 0 : AT_EMPTY_PATH), result, problem;

    take_identity (user, &ours);
    result = (int)syscall (SYS_faccessat2, fd, path, mode, flags);
    problem = errno;
    give_identity_back (&ours);
    errno = problem;
    return result == 0 || problem == ENOSYS; /* a kernel before 5.8: the emulator will tell */
}

gboolean
run_as_can (const RunAs *user, const char *path, int mode)
{
    return may (user, AT_FDCWD, path, mode);
}

/* What is closed, from the root downwards; each is looked at alone. */
static void
find_closed (const RunAs *user, const char *path, int mode, GPtrArray *closed)
{
    g_autofree char *parent = g_path_get_dirname (path);
    g_auto (AutoFd) fd = -1;

    if (!g_str_equal (parent, path))
        find_closed (user, parent, X_OK, closed);
    fd = open (path, O_PATH | O_CLOEXEC);
    if (fd >= 0 && !may (user, fd, "", mode) &&
        !g_ptr_array_find_with_equal_func (closed, path, g_str_equal, NULL))
        g_ptr_array_add (closed, g_strdup (path));
}

static void
add_command (GString *commands, const RunAs *user, const char *path, const char *rights)
{
    g_autofree char *quoted = g_shell_quote (path);

    g_string_append_printf (commands, "%ssetfacl -m u:%" G_GINT64_FORMAT ":%s %s",
                            commands->len ? " && " : "", user->uid, rights, quoted);
}

char *
run_as_problem (const RunAs *user, const char *path, int mode)
{
    g_autoptr (GPtrArray) closed = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GString) commands = g_string_new (NULL);
    g_autofree char *real = realpath (path, NULL);
    const char *doing = mode & W_OK ? "write" : mode & R_OK ? "read" : "run";
    const char *rights = mode & W_OK ? "rw" : mode & R_OK ? "r" : "rx";
    struct stat info;
    int problem;

    if (run_as_can (user, path, mode))
        return NULL;
    problem = errno;
    if (stat (path, &info) == 0 && S_ISDIR (info.st_mode))
        doing = "pass through";
    find_closed (user, path, mode, closed);
    if (real)
        find_closed (user, real, mode, closed);
    for (guint i = 0; i < closed->len; i++) {
        const char *at = g_ptr_array_index (closed, i);

        if (real && !g_str_equal (at, real) && g_str_equal (at, path))
            continue; /* a link is as its target */
        add_command (commands, user, at,
                     stat (at, &info) == 0 && S_ISDIR (info.st_mode) ? "x" : rights);
    }
    return g_strdup_printf ("user %s cannot %s %s: %s", user->name, doing, path,
                            commands->len ? commands->str : g_strerror (problem));
}

/* --- what is to be that user's --- */

static gboolean
fail (GError **error, const char *doing, const char *path)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s %s: %s", doing, path,
                 g_strerror (errno));
    return FALSE;
}

/* Of what is at @path now, and not of what somebody puts there a moment later; a file
 * that has other names would become @uid's under these too. */
static gboolean
change_owner (const char *path, uid_t uid, gid_t gid, GError **error)
{
    g_auto (AutoFd) fd = open (path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat info;

    if (fd < 0 || fstat (fd, &info) < 0)
        return fail (error, "changing the owner of", path);
    if (!S_ISREG (info.st_mode) || info.st_nlink != 1) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "changing the owner of %s: it is %s: put a file of its own there", path,
                     S_ISREG (info.st_mode) ? "a file with other names (hard links)" : "no file");
        return FALSE;
    }
    return fchownat (fd, "", uid, gid, AT_EMPTY_PATH) == 0 ||
           fail (error, "changing the owner of", path);
}

gboolean
run_as_give (const RunAs *user, const char *path, GError **error)
{
    return !user || change_owner (path, (uid_t)user->uid, (gid_t)user->gid, error);
}

gboolean
run_as_take_back (const RunAs *user, const char *path, GError **error)
{
    return !user || change_owner (path, geteuid (), getegid (), error);
}

gboolean
run_as_make_file (const RunAs *user, const char *path, GError **error)
{
    g_auto (AutoFd) fd = -1;

    if (!user)
        return TRUE;
    fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && fchown (fd, (uid_t)user->uid, (gid_t)user->gid) == 0)
        return TRUE;
    return fail (error, "making", path);
}

/* Labs of several users lie in it side by side: each passes through. */
static gboolean
open_way (const RunAs *user, const char *path, GError **error)
{
    g_autofree char *problem = NULL;
    struct stat info;

    if (run_as_can (user, path, X_OK))
        return TRUE;
    if (stat (path, &info) == 0 && info.st_uid == geteuid () &&
        chmod (path, (info.st_mode & 07777) | S_IXOTH) < 0)
        return fail (error, "opening the way through", path);
    problem = run_as_problem (user, path, X_OK);
    if (!problem)
        return TRUE;
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_HOST, problem);
    return FALSE;
}

gboolean
run_as_make_directory (const RunAs *user, const char *path, gboolean theirs, GError **error)
{
    g_autofree char *above = g_path_get_dirname (path);
    g_auto (AutoFd) fd = -1;
    struct stat info;

    if (g_mkdir_with_parents (path, 0700) < 0)
        return fail (error, "making directory", path);
    fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat (fd, &info) < 0)
        return fail (error, "opening directory", path);
    if (info.st_uid != geteuid () && !(theirs && info.st_uid == (uid_t)user->uid)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "directory %s belongs to user %u: choose another with ROOST_RUN_DIR or "
                     "ROOST_STATE_DIR",
                     path, info.st_uid);
        return FALSE;
    }
    if (fchown (fd, theirs ? (uid_t)user->uid : geteuid (), (gid_t)user->gid) < 0 ||
        fchmod (fd, theirs ? 0700 : 0710) < 0)
        return fail (error, "changing the owner of", path);
    return theirs || open_way (user, above, error);
}
