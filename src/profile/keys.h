/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key table: every key of a profile is one row.  Binding, complaints about
 * unknown keys, defaults, the JSON Schema and the manual's list read it.
 */
#pragma once

#include <glib.h>

typedef enum {
    KEY_NAME,     /* char *: as base/text.h has it */
    KEY_STRING,   /* char *: one line, not empty */
    KEY_TEXT,     /* char *: one line, may be empty */
    KEY_PATH,     /* char *: made absolute */
    KEY_DOCUMENT, /* char *: a text of lines as it is, or a path that is made absolute */
    KEY_PROGRAM,  /* char *: a name, or a path that is made absolute */
    KEY_WORD,     /* char *: one of `words` */
    KEY_ENUM,     /* enum: the position in `words` */
    KEY_BOOL,     /* gboolean */
    KEY_CHOICE,   /* Choice */
    KEY_INT,      /* int: `min` to `max` */
    KEY_SIZE,     /* guint64: bytes, `min` to `max`, a multiple of `step` */
    KEY_DURATION, /* guint: milliseconds, at least `min` */
    KEY_CIDR,     /* char * */
    KEY_ADDRESS,  /* char *: an IPv4 or IPv6 address */
    KEY_IFNAME,   /* char *: what Linux lets an interface be called */
    KEY_UUID,     /* char *: lower case */
    KEY_MAC,      /* char *: lower case with colons */
    KEY_DATE,     /* char *: utc, localtime or a date with or without a time */
    KEY_VLANS,    /* VlanSet: a list or one text */
    KEY_STRINGS,  /* GStrv: a list or one text */
    KEY_LIST,     /* GStrv: a list; texts may have any bytes but NUL */
    KEY_ARGV,     /* GStrv: a program, its path made absolute if it is one, and its arguments */
    KEY_FORWARDS, /* GPtrArray of Forward: a list of texts */
    KEY_GROUP,    /* a struct in place: a map with the keys of `section` */
    KEY_OBJECT,   /* pointer to a struct, made when the key is given */
    KEY_ITEMS,    /* GPtrArray of structs: a map of names to maps */
    KEY_PROGRAMS, /* GHashTable of char *, both owned: a map of names to programs */

    /* these are not stored as they stand but used up on the way */
    KEY_FILES,     /* files to include: a list or one text */
    KEY_VARS,      /* a map of names to values */
    KEY_TEMPLATE,  /* the name of a template */
    KEY_TEMPLATES, /* a map of names to machines that are not complete */
    KEY_MACHINES,  /* a map of names, perhaps with ranges, to machines */
} KeyType;

/* no such field in the struct */
#define KEY_NOWHERE (-1)

typedef struct Section Section;

typedef struct {
    const char *name;
    KeyType type;
    gssize offset; /* of the value in the section's struct, or KEY_NOWHERE */
    gssize place;  /* of the Place that goes with it, or KEY_NOWHERE */
    gint64 min;
    gint64 max;
    gint64 step;
    const char *const *words;
    const char *initial; /* the default as a person would write it; NULL = none */
    const char *unsaid;  /* what happens without the key, where that is not a value; NULL */
    const char *example; /* for complaints */
    const Section *section;
    gboolean required;
    const char *help; /* one sentence */
} Key;

struct Section {
    const char *name; /* singular, for sentences: "machine" */
    const Key *keys;  /* ends with a NULL name */
    gsize size;
    gpointer (*create) (void); /* KEY_OBJECT and KEY_ITEMS */
    gssize item_name;          /* KEY_ITEMS: char * with the name */
    gssize item_place;         /* KEY_ITEMS and KEY_OBJECT: Place */
    guint name_max;            /* KEY_ITEMS: longest name */
    gboolean shorthand;        /* KEY_OBJECT: one value alone is that of the first key */
};

/* Names of disks and nics become part of ids, which QEMU and file systems limit. */
#define KEY_SHORT_NAME 24

extern const Section lab_section, switch_section, tunnel_section, machine_section, disk_section,
    nic_section, boot_section, clock_section, ssh_section, ready_section, firmware_section, cloud_init_section,
    kickstart_section, hooks_section;

/* all of the above, in the order in which a manual lists them; ends with NULL */
extern const Section *const key_sections[];

/**
 * section_find_key:
 *
 * Returns: (transfer none) (nullable): the row of key @name
 */
const Key *section_find_key (const Section *section, const char *name);

/**
 * section_key_names:
 *
 * Returns: (transfer container): all keys of @section, for text_suggest()
 */
const char **section_key_names (const Section *section);
