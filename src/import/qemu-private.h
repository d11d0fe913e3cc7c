/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of qemu-line.h: the options of one command line, and the files
 * that each understand some of them.
 */
#pragma once

#include "import/qemu-line.h"

typedef struct {
    char *name;  /* without its dashes */
    char *value; /* NULL = it has none */
    GPtrArray *opts;
    gboolean taken;
} QemuOption;

typedef struct {
    Draft *draft;
    GPtrArray *options;   /* QemuOption, owned, in the order of the line */
    gboolean no_defaults; /* -nodefaults */
    gboolean ordered;     /* some device has a bootindex */
    int serials;          /* -1 = nothing was said */
} QemuLine;

/**
 * qemu_line_next:
 * @after: (nullable): where to go on; NULL = from the first
 *
 * Returns: (transfer none) (nullable): the next option called @name that nobody
 * has taken
 */
QemuOption *qemu_line_next (QemuLine *line, const QemuOption *after, const char *name);

/**
 * qemu_line_find:
 *
 * Returns: (transfer none) (nullable): the option @name of which @key is @value
 */
QemuOption *qemu_line_find (QemuLine *line, const char *name, const char *key, const char *value);

/**
 * qemu_line_take:
 *
 * @option is carried over, but for what of it nobody has used: that is noted.
 */
void qemu_line_take (QemuLine *line, QemuOption *option);

/* Each goes over the whole line and takes what it understands. */
void qemu_take_machine (QemuLine *line);
void qemu_take_disks (QemuLine *line);
void qemu_take_nics (QemuLine *line);
void qemu_take_boot_order (QemuLine *line);
