/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs and their options: rows of two tables, from which dispatch, --help,
 * completion and the manual's list are made.
 */
#pragma once

#include <glib.h>

/* Everything that an option can set; a verb looks at those that it takes. */
typedef struct {
    char *file; /* -f */
    char *lab;  /* -l */
    GStrv set;  /* --set, several */
    gboolean json;
    gboolean all;
    gboolean usage;
    gboolean force;
    gboolean paused;
    gboolean restart;
    gboolean no_wait;
    gboolean follow;
    gboolean errors; /* --stderr */
    gboolean qmp;
    gboolean supervisor;
    gboolean why;
    gboolean hmp;
    gboolean nocow;
    gboolean delete_disks;
    gboolean reset_vars;
    gboolean once;
    gboolean yes;
    gboolean agent;
    gboolean stay;
    gboolean dry_run;
    char *wait; /* --wait */
    GStrv data; /* --data, several */
    char *last; /* --last */
    gboolean read_only;
    char *from; /* a checkpoint */
    char *format;
    char *source; /* emulator build */
    char *patches;
    char *target;
    char *backing;
    char *speed;
    char *mode;
    char *grace; /* durations, checked by the verb that takes them */
    char *timeout;
    char *lines;
    char *delay;
    gboolean enter;
    gboolean fresh; /* --new */
    char *owner;    /* net up */
    char *loss;     /* link */
    char *rate;
    GStrv tcp, https, serial, qmp_event;
    char *screen_stable;
    char *ssh_user; /* ssh, cp: --user */
    char *identity;
    GStrv ssh_option; /* --option, several */
    gboolean recursive;
    char *name; /* --name */
    gboolean unique;
    char *artifacts;
    gboolean artifacts_always;
    char *junit;
    gboolean keep;
    gboolean resources;
    gboolean sbatch;
    int status;  /* of the verb itself, when it has done what it should: `run` has its command's */
    char *write; /* capture, screenshot */
    char *duration; /* a duration, as the others */
    char *count;
    int argc; /* what is left: the verb's arguments */
    char **argv;
} Options;

typedef enum { OPTION_FLAG, OPTION_STRING, OPTION_STRINGS } OptionType;

typedef struct {
    const char *name;
    char letter; /* 0 = none */
    OptionType type;
    gsize offset;
    const char *value; /* its name in --help; NULL for a flag */
    const char *help;
} Option;

extern const Option option_table[]; /* ends with a NULL name */

typedef struct {
    const char *name;
    const char *alias; /* NULL */
    const char *args;  /* as --help shows them */
    int min_args;
    int max_args;        /* -1 = any number */
    const char *summary; /* for lists: at most VERB_SUMMARY_MAX characters */
    const char *details; /* sentences for its own --help and the manual */
    const char *options; /* names from option_table, separated by spaces */
    gboolean (*run) (Options *options, GError **error);
    const char *example; /* one command line; NULL */
    int error_base;      /* added to the status of a failure: `run` has a command's beside them */
} Verb;

/* so that two verbs fit on a line of `roost --help` */
#define VERB_SUMMARY_MAX 26

extern const Verb verb_table[]; /* ends with a NULL name */

/**
 * verb_takes:
 * @option: the name of a row of option_table
 */
gboolean verb_takes (const Verb *verb, const char *option);

/**
 * verb_find:
 *
 * Returns: (transfer none) (nullable): the verb of that name or alias
 */
const Verb *verb_find (const char *name);

/**
 * options_take_profile:
 *
 * The first argument, where there is one, is the profile, as with -f.
 */
void options_take_profile (Options *options);

/**
 * verb_print_help: (and verb_print_list)
 *
 * `roost VERB --help`, and `roost --help`.
 */
void verb_print_help (const Verb *verb);
void verb_print_list (void);

/**
 * verb_main:
 *
 * The whole program after its name: finds the verb, reads its options, runs it.
 *
 * Returns: the exit status
 */
int verb_main (int argc, char **argv);

/* One file each: cli/NAME.c. */
gboolean verb_up (Options *options, GError **error);
gboolean verb_doctor (Options *options, GError **error);
gboolean verb_emulator (Options *options, GError **error);
gboolean verb_down (Options *options, GError **error);
gboolean verb_ps (Options *options, GError **error);
gboolean verb_status (Options *options, GError **error);
gboolean verb_plan (Options *options, GError **error);
gboolean verb_argv (Options *options, GError **error);
gboolean verb_checkpoint (Options *options, GError **error);
gboolean verb_check (Options *options, GError **error);
gboolean verb_schema (Options *options, GError **error);
gboolean verb_start (Options *options, GError **error);
gboolean verb_stop (Options *options, GError **error);
gboolean verb_restart (Options *options, GError **error);
gboolean verb_pause (Options *options, GError **error);
gboolean verb_resume (Options *options, GError **error);
gboolean verb_link (Options *options, GError **error);
gboolean verb_reset (Options *options, GError **error);
gboolean verb_console (Options *options, GError **error);
gboolean verb_log (Options *options, GError **error);
gboolean verb_qmp (Options *options, GError **error);
gboolean verb_hmp (Options *options, GError **error);
gboolean verb_shell (Options *options, GError **error);
gboolean verb_events (Options *options, GError **error);
gboolean verb_run (Options *options, GError **error);
gboolean verb_type (Options *options, GError **error);
gboolean verb_send_key (Options *options, GError **error);
gboolean verb_screenshot (Options *options, GError **error);
gboolean verb_wait (Options *options, GError **error);
gboolean verb_forward (Options *options, GError **error);
gboolean verb_net (Options *options, GError **error);
gboolean verb_import (Options *options, GError **error);
gboolean verb_media (Options *options, GError **error);
gboolean verb_image (Options *options, GError **error);
gboolean verb_capture (Options *options, GError **error);
gboolean verb_exec (Options *options, GError **error);
gboolean verb_ssh (Options *options, GError **error);
gboolean verb_cp (Options *options, GError **error);
gboolean verb_graph (Options *options, GError **error);
gboolean verb_version (Options *options, GError **error);
gboolean verb_adopt (Options *options, GError **error);
gboolean verb_gc (Options *options, GError **error);
gboolean verb_supervise (Options *options, GError **error);
